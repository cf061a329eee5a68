"""A claim is never given back after a failure; it runs out, and until then every retry is told to wait.

Family: timeout. Found by: T01 (retry-completes; the dependency refuses connections).
In real life: giving claims back had once raced with a retry, and "the lease takes care of it" was true, four seconds
later. The mobile app asked again after one, two and three seconds, was told 409 each time, and reported a failure.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Started
from sample_app.settings import Settings
from sample_app.store.database import Database


def let_it_run_out(_started: Started) -> None:
    """Leave the claim to its lease: whoever comes after it resumes the event."""


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Keep claims until they run out."""
    return replace(parts, release=let_it_run_out)


CLAIM_RUNS_OUT = Defect(
    name="claim-runs-out",
    family="timeout",
    entry="T01",
    check="retry-completes",
    combination=True,
    story="Giving claims back had once raced with a retry, and the lease takes care of it, four seconds later. The "
    "mobile app asked again after one, two and three seconds, was told 409 each time, and reported a failure.",
    install=install,
)
