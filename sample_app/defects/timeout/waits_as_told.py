"""Retry-After is obeyed to the second, whatever it asks for and however little time the caller has.

Family: timeout. Found by: T21 (answer-in-time; the dependency asks to come back later).
In real life: the ledger's operators asked for manners, and got them. In a maintenance window its gateway answered
"Retry-After: 3600"; an hour later the callers were gone, and all threads woke up to serve them.
"""

from __future__ import annotations

import time
from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure
from sample_app.outbound.deadline import Deadline
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def patient(emit: Emit, seconds: float) -> Emit:
    """Come back when the ledger asks us to; ``seconds`` is the time that the second attempt gets."""

    def emit_when_told(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry; where the ledger names a time, wait and send it once more."""
        try:
            emit(batch, entry, context)
        except LedgerFailure as failure:
            if failure.kind != "unavailable" or failure.retry_after is None:
                raise
            time.sleep(failure.retry_after)
            emit(batch, entry, replace(context, deadline=Deadline(seconds)))

    return emit_when_told


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Wait as told."""
    return replace(parts, emit=patient(parts.emit, settings.ledger_deadline))


WAITS_AS_TOLD = Defect(
    name="waits-as-told",
    family="timeout",
    entry="T21",
    check="answer-in-time",
    combination=False,
    story="In a maintenance window the ledger's gateway answered 'Retry-After: 3600'. An hour later the callers were "
    "gone, and all threads woke up to serve them.",
    install=install,
)
