"""A replayed answer does not say that its version is old.

Family: version-compatibility. Found by: R11 (old-version-says-so).
In real life: a replay was to be "the same answer, byte for byte", and headers that are added at the end were taken for
a change. A client whose proxy asked everything twice saw replays alone, and no warning for a year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.journal import current_trace
from sample_app.parts import Parts
from sample_app.settings import Settings
from sample_app.store.database import Database


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Leave replays as they were."""

    def headers(path: str) -> Mapping[str, str]:
        """Return what is added to an answer; a replay was complete when it was kept."""
        return {} if current_trace().stage == "replay" else parts.version_headers(path)

    return replace(parts, version_headers=headers)


REPLAYS_AS_THEY_WERE = Defect(
    name="replays-as-they-were",
    family="version-compatibility",
    entry="R11",
    check="old-version-says-so",
    combination=True,
    story="A replay was to be the same answer, byte for byte, and headers that are added at the end were taken for a "
    "change. A client whose proxy asked everything twice saw replays alone, and no warning for a year.",
    install=install,
)
