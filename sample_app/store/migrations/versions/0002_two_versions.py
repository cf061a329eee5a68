"""Two versions of the interface, recovery points, and the times by which keys expire.

Every row of release 0.1 is kept, as a row of v1:

    batches           accepted  ["a", "b"]     ->  [{"index": 0, "value": "a", "id": null}, ...]
                      rejected  [[1, "blank"]] ->  [{"index": 1, "reason": "blank", "id": null}]
    idempotency_keys  an answer was kept       ->  point finished, at the time of this migration
                      none was kept            ->  point claimed

Release 0.1 did not keep where in the request an accepted value stood; it is every place that no rejection names.
"""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

PAGE = 500  # rows that are in memory at a time


def upgrade() -> None:
    """Put the old tables aside, create the new ones, copy row by row, drop the old ones."""
    op.rename_table("idempotency_keys", "old_keys")
    op.rename_table("batches", "old_batches")
    batches, keys = create_batches(), create_keys()
    # Danger: PostgreSQL refuses to index a table whose deferred references are still to be checked: before the rows.
    op.create_index("ix_idempotency_keys_finished_at", "idempotency_keys", ["finished_at"])
    now = time.time()
    copy("old_batches", batches, batch_row)
    copy("old_keys", keys, lambda row: key_row(row, now))
    op.drop_table("old_keys")
    op.drop_table("old_batches")


def create_batches() -> sa.Table:
    """Create the table of batches."""
    return op.create_table(
        "batches",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("entry_key", sa.String, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("received", sa.Integer, nullable=False),
        sa.Column("accepted", sa.JSON, nullable=False),
        sa.Column("rejected", sa.JSON, nullable=False),
        sa.Column("info", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("finished", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
        sa.UniqueConstraint("entry_key", name="uq_batches_entry_key"),
    )


def create_keys() -> sa.Table:
    """Create the table of keys."""
    return op.create_table(
        "idempotency_keys",
        sa.Column("version", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("batch_id", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("lease_until", sa.Double, nullable=False),
        sa.Column("point", sa.String, nullable=False),
        sa.Column("status", sa.Integer, nullable=True),
        sa.Column("body", sa.Text, nullable=True),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("claimed_at", sa.Double, nullable=False),
        sa.Column("finished_at", sa.Double, nullable=True),
        sa.PrimaryKeyConstraint("version", "key", name="pk_idempotency_keys"),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["batches.id"],
            name="fk_idempotency_keys_batch_id",
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def copy(name: str, new: sa.Table, convert: Any) -> None:
    """Copy the rows of an old table, converted, a page at a time."""
    connection = op.get_bind()
    old = sa.Table(name, sa.MetaData(), autoload_with=connection)
    last = ""
    [primary] = old.primary_key.columns
    while (
        rows := connection.execute(sa.select(old).where(primary > last).order_by(primary).limit(PAGE)).mappings().all()
    ):
        op.bulk_insert(new, [convert(row) for row in rows])
        last = rows[-1][primary.name]


def batch_row(row: Any) -> dict[str, Any]:
    """Write a batch of release 0.1 in the columns of today."""
    rejected = [{"index": index, "reason": reason, "id": None} for index, reason in row["rejected"]]
    refused = {item["index"] for item in rejected}
    places = (index for index in range(row["received"]) if index not in refused)
    accepted = [
        {"index": index, "value": value, "id": None} for index, value in zip(places, row["accepted"], strict=True)
    ]
    return {**row, "version": "v1", "accepted": accepted, "rejected": rejected, "info": None}


def key_row(row: Any, now: float) -> dict[str, Any]:
    """Write a key of release 0.1 in the columns of today; it lives a whole time to live from now on."""
    finished = row["status"] is not None
    return {
        **row,
        "version": "v1",
        "point": "finished" if finished else "claimed",
        "created_at": now,
        "claimed_at": now,
        "finished_at": now if finished else None,
    }
