"""A failed attempt is kept as the answer of its event, and replayed to every retry.

Family: duplicate-event. Found by: D11 (retry-completes; the first failed, then retries).
In real life: "the same key gives the same answer" was taken to the letter, failures included. The ledger was away for
ninety seconds; the orders of these ninety seconds could never be placed again under their own keys.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import update

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.problems import Problem, render
from sample_app.records import Started
from sample_app.settings import Settings
from sample_app.store.claims import Release, this_event
from sample_app.store.database import Database
from sample_app.store.tables import keys

FAILED = Problem("ledger-unavailable", "the batch could not be entered")


def keeper(database: Database, now: Callable[[], float]) -> Release:
    """Build a step that ends an event whose attempt failed: all who ask get one answer."""

    def keep(started: Started) -> None:
        """Store the failure with the key."""
        answer = render(FAILED)
        outcome = {"status": answer.status_code, "body": answer.get_data(as_text=True), "finished_at": now()}
        ended = update(keys).where(this_event(started)).values(point="finished", lease_until=0.0, **outcome)
        database.write(lambda connection: connection.execute(ended))

    return keep


def install(parts: Parts, _settings: Settings, database: Database) -> Parts:
    """Keep failures."""
    return replace(parts, release=keeper(database, time.time))


FAILURE_KEPT = Defect(
    name="failure-kept",
    family="duplicate-event",
    entry="D11",
    check="retry-completes",
    combination=True,
    story="'The same key gives the same answer' was taken to the letter, failures included. The ledger was away for "
    "ninety seconds; the orders of these ninety seconds could never be placed again under their own keys.",
    install=install,
)
