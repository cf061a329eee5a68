"""Migrating on purpose: before the workers of a new version start, and not inside the first request."""

from __future__ import annotations

from sample_app.settings import Settings
from sample_app.store.database import Database
from sample_app.store.schema import HEAD

PATIENCE = 60.0  # seconds to wait for a lock; an operator has more time than a request


def migrate(settings: Settings) -> str:
    """Bring the database up to date and return its revision; raise StorageUnavailable when it cannot be done."""
    database = Database(settings.database_url, PATIENCE)
    try:
        database.prepare()
    finally:
        database.close()
    return HEAD
