"""Both versions judge values by the rules of v2, so an old client meets reasons that it has never heard of.

Family: version-compatibility. Found by: R08 (old-clients-keep-their-answers).
In real life: two modules that "did the same" were made one in a clean-up; every test of v2 passed, v1 had none left.
A partner's import had a switch over the reasons: its default branch dropped the whole file, for three weeks.
"""

from __future__ import annotations

from sample_app.defects.kind import Defect
from sample_app.parts import Parts, with_edition
from sample_app.rules import v2 as rules
from sample_app.settings import Settings
from sample_app.store.database import Database


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Judge by one set of rules."""
    return with_edition(parts, "v1", transform=rules.transform)


ONE_SET_OF_RULES = Defect(
    name="one-set-of-rules",
    family="version-compatibility",
    entry="R08",
    check="old-clients-keep-their-answers",
    combination=False,
    story="Two rule modules that did the same were made one. A partner's import had a switch over the reasons: its "
    "default branch dropped the whole file, for three weeks.",
    install=install,
)
