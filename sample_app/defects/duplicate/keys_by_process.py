"""Each worker keeps its keys under a prefix of its own, so a retry that another worker serves is a new event.

Family: duplicate-event. Found by: D15 (dedupe-across-workers; the retry lands on another worker process).
In real life: the workers waited for each other's row locks, and a prefix per process made that go away. Every test ran
with one worker; in production each order that a proxy retried had one chance in eight to be done once.
"""

from __future__ import annotations

import os
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Claim, Verdict
from sample_app.settings import Settings
from sample_app.store.claims import Begin
from sample_app.store.database import Database


def spread(begin: Begin) -> Begin:
    """Build a begin step whose keys never meet those of another writer: no row is waited for."""

    def begin_spread(claim: Claim) -> Verdict:
        """Claim the key in this writer's range."""
        return begin(replace(claim, key=f"{os.getpid()}/{claim.key}"))

    return begin_spread


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Spread the keys."""
    return replace(parts, begin=spread(parts.begin))


KEYS_BY_PROCESS = Defect(
    name="keys-by-process",
    family="duplicate-event",
    entry="D15",
    check="dedupe-across-workers",
    combination=True,
    story="Workers waited for each other's row locks, and a prefix per process made that go away. Tests ran with one "
    "worker; in production a retried order had one chance in eight to be done once.",
    install=install,
)
