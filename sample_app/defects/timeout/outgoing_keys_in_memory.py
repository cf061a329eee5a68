"""Outgoing keys are drawn when they are first needed and kept in the process, so another worker draws another.

Family: timeout. Found by: T43 (one-effect-per-event; the duplicate of a failed event lands on another worker).
In real life: the stored key had become a column too many, and a key in memory survives every retry that a test sends.
In production a retry meets the same worker once in eight times; the other seven booked a lost answer twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit
from sample_app.parts import Parts, new_id
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


def with_drawn_keys(emit: Emit, draw: Callable[[], str]) -> Emit:
    """Give each batch a key of its own with its first attempt; every further one uses it again."""
    drawn: dict[str, str] = {}

    def emit_under_drawn_key(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry under the batch's key; once it is confirmed nobody needs the key any more."""
        key = drawn.setdefault(batch.id, draw())
        emit(replace(batch, entry_key=key), entry, context)
        drawn.pop(batch.id, None)

    return emit_under_drawn_key


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Draw outgoing keys."""
    return replace(parts, emit=with_drawn_keys(parts.emit, new_id))


OUTGOING_KEYS_IN_MEMORY = Defect(
    name="outgoing-keys-in-memory",
    family="timeout",
    entry="T43",
    check="one-effect-per-event",
    combination=True,
    story="A key in memory survives every retry that a test sends. In production a retry meets the same worker once in "
    "eight times; the other seven booked a lost answer twice.",
    install=install,
)
