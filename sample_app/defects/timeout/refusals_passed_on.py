"""What the ledger calls a bad request is passed on to our caller as his bad request.

Family: timeout. Found by: T19 (failure-is-declared; the dependency says that the fault is ours).
In real life: a certificate expired between the ledger and its gateway, which then answered 400. Every client took
it for a verdict on its batch, and 12,000 valid batches were moved to the folder of rejected ones.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure
from sample_app.parts import Parts
from sample_app.problems import Problem
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def honest(emit: Emit) -> Emit:
    """Tell the caller when the ledger has looked at the entry and will not have it."""

    def emit_or_refuse(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry; a refusal is final, so nobody should try again."""
        try:
            emit(batch, entry, context)
        except LedgerFailure as failure:
            if failure.kind == "wrong":
                raise Problem("validation", f"the ledger refused the batch: {failure.detail}") from failure
            raise

    return emit_or_refuse


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Pass refusals on."""
    return replace(parts, emit=honest(parts.emit))


REFUSALS_PASSED_ON = Defect(
    name="refusals-passed-on",
    family="timeout",
    entry="T19",
    check="failure-is-declared",
    combination=False,
    story="A certificate expired between the ledger and its gateway, which then answered 400. Clients took it for a "
    "verdict on their batches, and 12,000 valid ones were filed as rejected.",
    install=install,
)
