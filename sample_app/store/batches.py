"""Reading and writing batches inside a transaction that is open already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from sample_app.contract_kind import Contract
from sample_app.records import Absent, Accepted, Rejection, SourceInfo, StoredBatch, Version
from sample_app.store.database import Database
from sample_app.store.tables import batches

Find = Callable[[Version, str], StoredBatch | None]

CONTRACT = Contract(
    name="read",
    input=("The version and the id of a batch.",),
    guarantees=("The batch as it was answered, once it is finished; before that it does not exist for readers.",),
    errors=("storage-unavailable",),
    non_goals=("No listing, no search, no deletion.",),
)


def add_batch(connection: Connection, batch: StoredBatch) -> None:
    """Keep a new batch, unfinished."""
    connection.execute(insert(batches).values(**row_of(batch), finished=False))


def finish_batch(connection: Connection, batch_id: str) -> None:
    """Mark a batch as finished: from now on it can be read."""
    connection.execute(update(batches).where(batches.c.id == batch_id).values(finished=True))


def keep_info(connection: Connection, batch_id: str, info: SourceInfo) -> None:
    """Keep what the reference service said of a batch's source."""
    connection.execute(update(batches).where(batches.c.id == batch_id).values(info=info_columns(info)))


def load_batch(connection: Connection, batch_id: str) -> StoredBatch:
    """Read a batch that is known to exist."""
    return batch_of(connection.execute(select(batches).where(batches.c.id == batch_id)).mappings().one())


def finder(database: Database) -> Find:
    """Build the step that reads a finished batch of a version.

    One whose entry the ledger has not confirmed does not exist yet for readers, nor does one of another version.
    """

    def find(version: Version, batch_id: str) -> StoredBatch | None:
        """Read a batch, or None."""
        wanted = select(batches).where(batches.c.id == batch_id, batches.c.version == version, batches.c.finished)
        row = database.read(lambda connection: connection.execute(wanted).mappings().one_or_none())
        return None if row is None else batch_of(row)

    return find


def row_of(batch: StoredBatch) -> dict[str, Any]:
    """Write a batch as columns."""
    return {
        "id": batch.id,
        "version": batch.version,
        "entry_key": batch.entry_key,
        "source": batch.source,
        "received": batch.received,
        "accepted": [accepted_columns(item) for item in batch.accepted],
        "rejected": [{"index": item.index, "reason": item.reason, "id": item.id} for item in batch.rejected],
        "info": None if batch.info is None else info_columns(batch.info),
    }


def accepted_columns(item: Accepted) -> dict[str, Any]:
    """Write an accepted item; a label that was left out stays left out."""
    label = {} if isinstance(item.label, Absent) else {"label": item.label}
    return {"index": item.index, "value": item.value, "id": item.id, **label}


def info_columns(info: SourceInfo) -> dict[str, Any]:
    """Write what is known of a source."""
    return {"title": info.title, "degraded": info.degraded}


def batch_of(row: RowMapping) -> StoredBatch:
    """Read a batch from columns."""
    return StoredBatch(
        id=row["id"],
        version=row["version"],
        entry_key=row["entry_key"],
        source=row["source"],
        received=row["received"],
        accepted=tuple(Accepted(**item) for item in row["accepted"]),
        rejected=tuple(Rejection(**item) for item in row["rejected"]),
        info=None if row["info"] is None else SourceInfo(**row["info"]),
    )
