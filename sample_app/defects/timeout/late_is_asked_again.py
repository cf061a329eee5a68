"""A ledger that was too late is asked again with a fresh second, and the service's own promise is forgotten.

Family: timeout. Found by: T46 (answer-in-time; two dependencies in trouble at once).
In real life: each call had its limit, and each limit was right by itself: 1.5 s here, 1 s there, once more to be sure.
On the day when both were slow the sum was what callers met, and all of them had hung up at two seconds.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure
from sample_app.outbound.deadline import Deadline
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database

TITLES = 1.5  # seconds, the slowest of last month


def insistent(emit: Emit, seconds: float) -> Emit:
    """Give the ledger a second chance: it takes the same key twice, so nothing can go wrong."""

    def emit_insistently(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry; where no answer came in time, ask once more, with the call's own limit."""
        try:
            emit(batch, entry, replace(context, deadline=Deadline(seconds)))
        except LedgerFailure as failure:
            if failure.kind != "late":
                raise
            emit(batch, entry, replace(context, deadline=Deadline(seconds)))

    return emit_insistently


def configure(settings: Settings) -> Settings:
    """Wait for titles as long as they take on a bad day."""
    return replace(settings, reference_deadline=TITLES)


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Ask a late ledger again."""
    return replace(parts, emit=insistent(parts.emit, settings.ledger_deadline))


LATE_IS_ASKED_AGAIN = Defect(
    name="late-is-asked-again",
    family="timeout",
    entry="T46",
    check="answer-in-time",
    combination=True,
    story="Each call had its limit, and each limit was right by itself. On the day when both dependencies were slow "
    "the sum was what callers met, and all of them had hung up at two seconds.",
    install=install,
    configure=configure,
)
