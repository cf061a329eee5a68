"""Idempotency keys are required and checked, but nothing remembers them.

Family: duplicate-event. Found by: D01 (one-effect-per-event; same key, same body, after completion).
In real life: the key table was "temporarily" taken out of the write path to halve the latency of a launch day;
the header was still validated, so every client believed in it. A mobile network retried 3 % of the orders.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Answer, Claim, Started
from sample_app.settings import Settings
from sample_app.store.batches import add_batch, finish_batch
from sample_app.store.claims import Begin, Complete
from sample_app.store.database import Database


def beginner(database: Database) -> Begin:
    """Build a begin step of a single insert."""

    def begin(claim: Claim) -> Started:
        """Keep the batch and go on."""
        database.write(lambda connection: add_batch(connection, claim.batch))
        return Started(key=claim.key, fingerprint=claim.fingerprint, owner=claim.owner, batch=claim.batch)

    return begin


def completer(database: Database) -> Complete:
    """Build a complete step of a single update."""

    def complete(started: Started, _answer: Answer) -> None:
        """Make the batch readable."""
        database.write(lambda connection: finish_batch(connection, started.batch.id))

    return complete


def keep_nothing(_started: Started) -> None:
    """Release a claim that was never taken."""


def install(parts: Parts, _settings: Settings, database: Database) -> Parts:
    """Write batches only."""
    return replace(parts, begin=beginner(database), complete=completer(database), release=keep_nothing)


NO_DEDUPE = Defect(
    name="no-dedupe",
    family="duplicate-event",
    entry="D01",
    check="one-effect-per-event",
    combination=False,
    story="The key table was taken out of the write path for a launch day, the header was still validated. A mobile "
    "network retried 3 % of the orders, and each retry was booked.",
    install=install,
)
