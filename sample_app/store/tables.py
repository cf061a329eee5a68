"""The tables as they are now; ``migrations/`` is how a database gets there, and a test compares the two.

A key and its batch are written in one transaction, so neither exists without the other. The key goes first, since its
row decides who may go on; hence the deferred reference. A batch outlives its key.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}

metadata = MetaData(naming_convention=NAMES)

batches = Table(
    "batches",
    metadata,
    Column("id", String, nullable=False),
    Column("version", String, nullable=False),
    Column("entry_key", String, nullable=False),
    Column("source", Text, nullable=False),
    Column("received", Integer, nullable=False),
    Column("accepted", JSON, nullable=False),
    Column("rejected", JSON, nullable=False),
    Column("info", JSON(none_as_null=True), nullable=True),  # what the reference service said; null while not asked
    Column("finished", Boolean, nullable=False),  # the ledger confirmed the entry, or there was none to send
    PrimaryKeyConstraint("id"),
    UniqueConstraint("entry_key"),
)

# Times are seconds since 1970, by the clock of the worker that wrote them.
keys = Table(
    "idempotency_keys",
    metadata,
    Column("version", String, nullable=False),
    Column("key", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("batch_id", ForeignKey("batches.id", deferrable=True, initially="DEFERRED"), nullable=False),
    Column("owner", String, nullable=False),
    Column("lease_until", Double, nullable=False),  # 0 when nobody works on it
    Column("point", String, nullable=False),  # how far the event came: claimed, enriched, finished
    Column("status", Integer, nullable=True),  # null until the event is finished
    Column("body", Text, nullable=True),
    Column("created_at", Double, nullable=False),
    Column("claimed_at", Double, nullable=False),  # the last time; the sweeper takes the longest untouched first
    Column("finished_at", Double, nullable=True, index=True),  # null until the event is finished
    PrimaryKeyConstraint("version", "key"),
)
