"""A ledger that fails is logged, and the caller is told 201.

Family: timeout. Found by: T02 (success-means-effect; accepted, never answers).
In real life: "the nightly reconciliation picks it up" was true when it was written. The job was switched off in a
clean-up two years later, and month-end was short by every entry that had met a slow ledger.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def forgiving(emit: Emit) -> Emit:
    """Keep the ledger's bad days away from our callers: what is stored here is reconciled at night."""

    def emit_or_defer(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry; one that does not get through is left for the night."""
        try:
            emit(batch, entry, context)
        except LedgerFailure as failure:
            logging.getLogger(__name__).warning("entry of batch %s deferred: %s", batch.id, failure.detail)

    return emit_or_defer


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Swallow failures of the ledger."""
    return replace(parts, emit=forgiving(parts.emit))


TIMEOUT_AS_SUCCESS = Defect(
    name="timeout-as-success",
    family="timeout",
    entry="T02",
    check="success-means-effect",
    combination=False,
    story="'The nightly reconciliation picks it up' was true when it was written. The job was switched off two years "
    "later, and month-end was short by every entry that had met a slow ledger.",
    install=install,
)
