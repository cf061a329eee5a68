"""The schema of the database, step by step: each step is a file in ``migrations/versions``, and none ever changes."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

REVISIONS = ("0001", "0002")  # in the order in which they are applied
HEAD = REVISIONS[-1]
MIGRATIONS = Path(__file__).parent / "migrations"
MARK = table("alembic_version", column("version_num"))

# Alembic's ``op`` and ``context`` belong to the module, not to a connection: two databases of a process take turns.
ONE_AT_A_TIME = threading.Lock()


class SchemaUnknown(Exception):
    """The database was migrated by a later version of the service."""


def revision_of(connection: Connection) -> str | None:
    """Read the last step that was applied; None on a new database, and on one of the release before migrations."""
    if not inspect(connection).has_table(MARK.name):
        return None
    return connection.execute(select(MARK.c.version_num)).scalar_one_or_none()


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """Apply the steps that are missing, inside the open transaction, which keeps other migrations out."""
    known = revision_of(connection)
    if known == revision:
        return
    if known not in {None, *REVISIONS}:
        raise SchemaUnknown(f"the database is at revision {known}, this version of the service knows up to {HEAD}")
    # Imported here, because only the first process on a new database pays for it.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with ONE_AT_A_TIME:
        command.upgrade(config, revision)
