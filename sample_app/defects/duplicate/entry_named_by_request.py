"""The entry goes to the ledger under the id of the request that carries it, which is another one in every retry.

Family: duplicate-event. Found by: D11 (one-effect-per-event; the first failed after its effect, then a retry).
In real life: support wanted to find a ledger entry by the request id in the log, and one name for both was tidy. The
ledger's answers were lost for a minute during its failover; every client retried, and every retry was booked.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def traced(emit: Emit) -> Emit:
    """Build an emit stage whose entries can be found by the request that sent them."""

    def emit_traced(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry under the request's id."""
        emit(replace(batch, entry_key=f"request-{context.request_id}"), entry, context)

    return emit_traced


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Name entries by their requests."""
    return replace(parts, emit=traced(parts.emit))


ENTRY_NAMED_BY_REQUEST = Defect(
    name="entry-named-by-request",
    family="duplicate-event",
    entry="D11",
    check="one-effect-per-event",
    combination=True,
    story="Support wanted to find a ledger entry by the request id in the log. The ledger's answers were lost for a "
    "minute during its failover; every client retried under a new request id, and every retry was booked.",
    install=install,
)
