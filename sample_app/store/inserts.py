"""``INSERT .. ON CONFLICT DO NOTHING``: the same words in both databases, but SQLAlchemy has a construct for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

INSERTS: Mapping[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def add_if_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Add a row unless one with its primary key is there; tell whether it was added.

    On PostgreSQL this waits for a transaction that has just added the same key, so exactly one of two adds it.
    """
    primary = table.primary_key.columns
    insert = INSERTS[connection.dialect.name](table).values(**row)
    added = connection.execute(insert.on_conflict_do_nothing(index_elements=primary).returning(*primary))
    return added.first() is not None
