"""What stands in the way of requests, in words: ``ok`` or what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import select

from sample_app.outbound.breaker import State
from sample_app.outbound.calls import Line
from sample_app.store.database import Database, StorageUnavailable
from sample_app.store.tables import keys

Look = Callable[[], str]
OK = "ok"
CONDITIONS: Mapping[State, str] = {
    "closed": OK,
    "open": "left alone after several failures",
    "half-open": "about to be tried again after several failures",
}


def line_look(line: Line) -> Look:
    """Build the look at a dependency: what the last calls of this process showed. Nothing is called for it."""
    return lambda: CONDITIONS[line.state()]


def storage_look(database: Database) -> Look:
    """Build the look at the database: can it be read, within the wait that requests have."""

    def look() -> str:
        """Read next to nothing."""
        try:
            database.read(lambda connection: connection.execute(select(keys.c.key).limit(1)).first())
        except StorageUnavailable as unavailable:
            return f"unavailable: {unavailable}"
        return OK

    return look
