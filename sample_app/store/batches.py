"""Reading and writing batches inside a transaction that is open already."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from sample_app.records import Rejection, StoredBatch
from sample_app.store.database import Database
from sample_app.store.tables import batches


def add_batch(connection: Connection, batch: StoredBatch) -> None:
    """Keep a new batch, unfinished."""
    connection.execute(insert(batches).values(**row_of(batch), finished=False))


def finish_batch(connection: Connection, batch_id: str) -> None:
    """Mark a batch as finished: from now on it can be read."""
    connection.execute(update(batches).where(batches.c.id == batch_id).values(finished=True))


def load_batch(connection: Connection, batch_id: str) -> StoredBatch:
    """Read a batch that is known to exist."""
    return batch_of(connection.execute(select(batches).where(batches.c.id == batch_id)).mappings().one())


def find_finished(database: Database, batch_id: str) -> StoredBatch | None:
    """Read a finished batch. One whose entry the ledger has not confirmed does not exist yet for readers."""
    wanted = select(batches).where(batches.c.id == batch_id, batches.c.finished)
    with database.read() as connection:
        row = connection.execute(wanted).mappings().one_or_none()
    return None if row is None else batch_of(row)


def row_of(batch: StoredBatch) -> dict[str, Any]:
    """Write a batch as columns."""
    return {
        "id": batch.id,
        "entry_key": batch.entry_key,
        "source": batch.source,
        "received": batch.received,
        "accepted": list(batch.accepted),
        "rejected": [[item.index, item.reason] for item in batch.rejected],
    }


def batch_of(row: RowMapping) -> StoredBatch:
    """Read a batch from columns."""
    return StoredBatch(
        id=row["id"],
        entry_key=row["entry_key"],
        source=row["source"],
        received=row["received"],
        accepted=tuple(row["accepted"]),
        rejected=tuple(Rejection(index=index, reason=reason) for index, reason in row["rejected"]),
    )
