"""What stands in the way of requests, in words: ``ok`` or what is wrong."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from sample_app.store.database import Database, StorageUnavailable
from sample_app.store.tables import keys

Look = Callable[[], str]
OK = "ok"


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
