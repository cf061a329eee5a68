"""A failed attempt is cleared away whole, its outgoing key included, so the retry emits under another one.

Family: timeout. Found by: T29 (one-effect-per-event; the effect is done, the answer is lost).
In real life: unfinished batches filled the reports, so whatever failed left nothing behind, "as if it had never been".
What the ledger had taken before its answer was lost had been, and was taken once more from the retry.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, delete

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Started
from sample_app.settings import Settings
from sample_app.store.claims import Release, this_event
from sample_app.store.database import Database
from sample_app.store.tables import batches, keys


def clearer(database: Database) -> Release:
    """Build the step that undoes a claim and all that was kept for it."""

    def release(started: Started) -> None:
        """Leave nothing of a failed attempt, unless another request took it over meanwhile."""

        def work(connection: Connection) -> None:
            mine = this_event(started) & (keys.c.owner == started.owner)
            if connection.execute(delete(keys).where(mine)).rowcount:
                connection.execute(delete(batches).where(batches.c.id == started.batch.id))

        database.write(work)

    return release


def install(parts: Parts, _settings: Settings, database: Database) -> Parts:
    """Clear failed attempts away."""
    return replace(parts, release=clearer(database))


FAILED_ATTEMPTS_TIDIED = Defect(
    name="failed-attempts-tidied",
    family="timeout",
    entry="T29",
    check="one-effect-per-event",
    combination=True,
    story="Unfinished batches filled the reports, so whatever failed left nothing behind, its outgoing key included. "
    "What the ledger had taken before its answer was lost was taken once more from the retry.",
    install=install,
)
