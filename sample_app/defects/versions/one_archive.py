"""A batch is found by its id alone, so v1 shows what v2 wrote: without labels, with reasons it never had.

Family: version-compatibility. Found by: R13 (versions-stay-apart).
In real life: ids are unique anyway, so the second column was dropped from the look-up when an index was made smaller. A
report that still read v1 counted cleared values as blank ones, and nobody had an error to look at.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import StoredBatch, Version
from sample_app.settings import Settings
from sample_app.store.batches import Find, batch_of
from sample_app.store.database import Database
from sample_app.store.tables import batches


def finder(database: Database) -> Find:
    """Build the step that reads a finished batch; ids are unique across versions."""

    def find(_version: Version, batch_id: str) -> StoredBatch | None:
        """Read a batch, or None."""

        def work(connection: Connection) -> StoredBatch | None:
            wanted = select(batches).where(batches.c.id == batch_id, batches.c.finished)
            row = connection.execute(wanted).mappings().one_or_none()
            return None if row is None else batch_of(row)

        return database.read(work)

    return find


def install(parts: Parts, _settings: Settings, database: Database) -> Parts:
    """Find by the id."""
    return replace(parts, find=finder(database))


ONE_ARCHIVE = Defect(
    name="one-archive",
    family="version-compatibility",
    entry="R13",
    check="versions-stay-apart",
    combination=True,
    story="Ids are unique anyway, so the version was dropped from the look-up when an index was made smaller. A report "
    "that still read v1 counted cleared values as blank ones, and nobody had an error to look at.",
    install=install,
)
