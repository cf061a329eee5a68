"""Only the latest hundred finished keys are kept, however young the older ones are.

Family: duplicate-event. Found by: D18 (one-effect-per-event; events again behind a crowd of others).
In real life: the key table was kept small so that the look-up stays fast; a hundred were plenty for an office. On the
day of the sale a hundred keys were four seconds, and clients retried after five.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, delete, select

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Answer, Started
from sample_app.settings import Settings
from sample_app.store.claims import Complete
from sample_app.store.database import Database
from sample_app.store.tables import keys

KEPT = 100


def pruner(complete: Complete, database: Database) -> Complete:
    """Build a complete step after which the table holds the ``KEPT`` keys that were finished last."""

    def complete_and_prune(started: Started, answer: Answer) -> None:
        """Finish the event, then drop what is older."""
        complete(started, answer)
        database.write(prune)

    return complete_and_prune


def prune(connection: Connection) -> None:
    """Drop all finished keys but the latest."""
    finished = keys.c.finished_at.is_not(None)
    oldest_kept = (
        select(keys.c.finished_at).where(finished).order_by(keys.c.finished_at.desc()).offset(KEPT - 1).limit(1)
    )
    connection.execute(delete(keys).where(finished, keys.c.finished_at < oldest_kept.scalar_subquery()))


def install(parts: Parts, _settings: Settings, database: Database) -> Parts:
    """Prune after each event."""
    return replace(parts, complete=pruner(parts.complete, database))


PRUNED_KEYS = Defect(
    name="pruned-keys",
    family="duplicate-event",
    entry="D18",
    check="one-effect-per-event",
    combination=True,
    story="The key table was kept small so that the look-up stays fast; a hundred keys were plenty for an office. On "
    "the day of the sale a hundred keys were four seconds, and clients retried after five.",
    install=install,
)
