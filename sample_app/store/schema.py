"""The schema of the database: a new one is made at once from ``tables``, an old one is brought there step by step.

Each step is a file in ``migrations/versions`` and never changes. A test compares what the two ways end in.
"""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, select

from sample_app.store.tables import batches, metadata

REVISIONS = ("0001", "0002")  # in the order in which they are applied
HEAD = REVISIONS[-1]
MIGRATIONS = Path(__file__).parent / "migrations"
MARK = Table(  # Alembic's own: which step was applied last
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

# Alembic's ``op`` and ``context`` belong to the module, not to a connection: two databases of a process take turns.
ONE_AT_A_TIME = threading.Lock()


class SchemaUnknown(Exception):
    """The database was migrated by a later version of the service."""


def revision_of(connection: Connection) -> str | None:
    """Read the last step that was applied; None on a new database, and on one of the release before migrations."""
    if not inspect(connection).has_table(MARK.name):
        return None
    return connection.execute(select(MARK.c.version_num)).scalar_one_or_none()


def bring_up_to_date(connection: Connection) -> None:
    """Make the schema that of today, inside the open transaction, which keeps other migrations out."""
    known = revision_of(connection)
    if known == HEAD:
        return
    if known not in {None, *REVISIONS}:
        raise SchemaUnknown(f"the database is at revision {known}, this version of the service knows up to {HEAD}")
    if known is None and not inspect(connection).has_table(batches.name):
        create(connection)
    else:
        migrate_to(connection, HEAD)


def create(connection: Connection) -> None:
    """Fill a new database: the first request must not pay for the whole history."""
    metadata.create_all(connection, checkfirst=False)
    MARK.create(connection, checkfirst=False)
    connection.execute(insert(MARK).values(version_num=HEAD))


def migrate_to(connection: Connection, revision: str) -> None:
    """Apply the steps that are missing up to a revision."""
    # Imported here: it takes longer than a request may wait, and a database that is up to date never needs it.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with ONE_AT_A_TIME:
        command.upgrade(config, revision)
