"""The service's own retries number their attempts in the outgoing key, so the ledger takes each for another entry.

Family: duplicate-event. Found by: D23 (one-effect-per-event; copies while the dependency loses an answer).
In real life: the ledger refused a second attempt while it was still busy with the first ("key in use"), and a number
behind the key made that error go away. From then on each answer that was lost on the way back was an entry too many.
"""

from __future__ import annotations

from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database

ATTEMPTS = 2


def numbered(emit: Emit) -> Emit:
    """Build an emit stage that tries again under a key that the ledger cannot be busy with."""

    def emit_numbered(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry; the last attempt's failure is the one to tell."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return emit(replace(batch, entry_key=f"{batch.entry_key}.{attempt}"), entry, context)
            except LedgerFailure:
                if attempt == ATTEMPTS or context.deadline.passed():
                    raise
        return None

    return emit_numbered


def single(settings: Settings) -> Settings:
    """Leave trying again to the stage that numbers its attempts."""
    return replace(settings, ledger_tries=1)


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Give each attempt a key of its own."""
    return replace(parts, emit=numbered(parts.emit))


KEY_PER_ATTEMPT = Defect(
    name="key-per-attempt",
    family="duplicate-event",
    entry="D23",
    check="one-effect-per-event",
    combination=True,
    story="The ledger refused a second attempt while busy with the first, and a number behind the key made that error "
    "go away. From then on each answer that was lost on the way back was an entry too many.",
    install=install,
    configure=single,
)
