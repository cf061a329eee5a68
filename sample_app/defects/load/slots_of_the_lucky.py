"""A slot for the ledger is given back after a call that succeeded, and by no other.

Family: load. Found by: L11 (recovers-under-load).
In real life: the limit was added after the ledger's team had asked for it, and tested with a ledger that worked.
After the first outage of a minute the service answered 503 until it was restarted, and the post-mortem blamed the
ledger.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database

SLOTS = 2  # entries at a time in one worker, as agreed with the ledger's team
PATIENCE = 0.2  # seconds


def limited(emit: Emit) -> Emit:
    """Wrap the emission so that one worker never has more than SLOTS entries under way."""
    slots = threading.BoundedSemaphore(SLOTS)

    def emit_in_slot(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Wait for a slot, send, make room for the next."""
        if not slots.acquire(timeout=PATIENCE):
            raise LedgerFailure("full", "as many entries as agreed are under way")
        emit(batch, entry, context)
        slots.release()

    return emit_in_slot


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Limit the emission."""
    return replace(parts, emit=limited(parts.emit))


SLOTS_OF_THE_LUCKY = Defect(
    name="slots-of-the-lucky",
    family="load",
    entry="L11",
    check="recovers-under-load",
    combination=True,
    story="The limit on calls was tested with a ledger that worked. After its first outage of a minute the service "
    "answered 503 until it was restarted.",
    install=install,
)
