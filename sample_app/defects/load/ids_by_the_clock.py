"""The id of a batch is made of its source and the millisecond in which it was made.

Family: load. Found by: L17 (no-errors-under-load).
In real life: support wanted ids from which one can tell who and when. Two batches of one sender in one millisecond
were thought impossible, and were, until the sender ran two importers and the service two workers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from uuid import NAMESPACE_OID, uuid5

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Batch, Outcome, StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database

NewBatch = Callable[[Batch, Outcome], StoredBatch]


def dated(new_batch: NewBatch) -> NewBatch:
    """Wrap the making of a batch: its id says, to who can compute it, whose it is and of which moment."""

    def new_dated_batch(batch: Batch, outcome: Outcome) -> StoredBatch:
        """Make the batch under an id of its sender and moment."""
        moment = time.time_ns() // 1_000_000
        batch_id = str(uuid5(NAMESPACE_OID, f"{batch.version}/{batch.source}/{moment}"))
        return replace(new_batch(batch, outcome), id=batch_id, entry_key=f"batch-{batch_id}")

    return new_dated_batch


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Date the ids."""
    return replace(parts, new_batch=dated(parts.new_batch))


IDS_BY_THE_CLOCK = Defect(
    name="ids-by-the-clock",
    family="load",
    entry="L17",
    check="no-errors-under-load",
    combination=True,
    story="Ids told who and when, to the millisecond. Two batches of one sender in one millisecond were thought "
    "impossible, and were, until the sender ran two importers and the service two workers.",
    install=install,
)
