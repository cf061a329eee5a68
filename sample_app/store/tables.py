"""The tables. A key and its batch are written in one transaction, so neither exists without the other."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Integer, MetaData, String, Table, Text

metadata = MetaData()

batches = Table(
    "batches",
    metadata,
    Column("id", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("entry_key", String, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("received", Integer, nullable=False),
    Column("accepted", JSON, nullable=False),
    Column("rejected", JSON, nullable=False),
    Column("info", JSON, nullable=True),  # what the reference service said; null while it was not asked
    Column("finished", Boolean, nullable=False),  # the ledger confirmed the entry, or there was none to send
)

keys = Table(
    "idempotency_keys",
    metadata,
    Column("version", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("owner", String, nullable=False),
    Column("lease_until", Float, nullable=False),  # seconds since 1970; 0 when nobody works on it
    Column("point", String, nullable=False),  # how far the event came: claimed, enriched, finished
    Column("status", Integer, nullable=True),  # null until the event is finished
    Column("body", Text, nullable=True),
)
