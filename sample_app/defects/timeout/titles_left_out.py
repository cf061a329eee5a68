"""Where the reference service cannot be asked the title is left out, and nothing says that it could not be asked.

Family: timeout. Found by: T01 (degraded-says-so; the dependency refuses connections).
In real life: the flag for degraded answers confused a partner's parser and was taken out. Since then "no title" means
two things; a nightly job took it for "the source was renamed to nothing" and cleared 900 names.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import SourceInfo
from sample_app.reference.client import LookUp
from sample_app.settings import Settings
from sample_app.store.database import Database


def plain(look_up: LookUp) -> LookUp:
    """Keep our troubles to ourselves: a title is there or it is not."""

    def look_up_plainly(name: str, context: Context) -> SourceInfo:
        """Ask about a source; what cannot be had is left out."""
        return SourceInfo(title=look_up(name, context).title)

    return look_up_plainly


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Leave out what cannot be had."""
    return replace(parts, look_up=plain(parts.look_up))


TITLES_LEFT_OUT = Defect(
    name="titles-left-out",
    family="timeout",
    entry="T01",
    check="degraded-says-so",
    combination=False,
    story="The flag for degraded answers confused a partner's parser and was taken out. Since then 'no title' means "
    "two things; a nightly job took it for 'renamed to nothing' and cleared 900 names.",
    install=install,
)
