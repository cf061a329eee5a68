"""That a source could not be looked up is remembered for ten minutes, and told as long after the trouble is over.

Family: timeout. Found by: T01 (recovers; the dependency refuses connections, then is well again).
In real life: the reference service was spared in its bad moments by remembering them. A restart of two seconds at noon
gave each worker its own ten minutes of untitled batches, which no title was ever added to afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import SourceInfo
from sample_app.reference.client import LookUp
from sample_app.settings import Settings
from sample_app.store.database import Database

SPARED_FOR = 600.0  # seconds


def sparing(look_up: LookUp, clock: Callable[[], float]) -> LookUp:
    """Do not ask again about a source that could not be had just now."""
    failed: dict[str, tuple[float, SourceInfo]] = {}

    def look_up_sparingly(name: str, context: Context) -> SourceInfo:
        """Ask about a source, unless it failed a moment ago."""
        since, known = failed.get(name, (0.0, None))
        if known is not None and clock() - since < SPARED_FOR:
            return known
        info = look_up(name, context)
        if info.degraded is not None:
            failed[name] = clock(), info
        return info

    return look_up_sparingly


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Remember failures."""
    return replace(parts, look_up=sparing(parts.look_up, time.monotonic))


FAILURES_REMEMBERED = Defect(
    name="failures-remembered",
    family="timeout",
    entry="T01",
    check="recovers",
    combination=True,
    story="The reference service was spared in its bad moments by remembering them. A restart of two seconds at noon "
    "gave each worker its own ten minutes of untitled batches.",
    install=install,
)
