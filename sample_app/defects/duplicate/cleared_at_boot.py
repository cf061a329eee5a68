"""Every worker that starts drops the claims that are not finished: it takes them for leftovers of the last run.

Family: duplicate-event. Found by: D14 (one-effect-per-event; the service is killed after an effect).
In real life: after a hard stop the keys of that moment stayed locked for some seconds, and support was called. Cleared
at boot, they were free at once, and nothing was left that knew that the ledger had been asked already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from sqlalchemy import delete

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.settings import Settings
from sample_app.store.database import Database
from sample_app.store.tables import keys

Extend = Callable[[Flask], None]


def fresh_start(extend: Extend, database: Database) -> Extend:
    """Build a step that opens the service with no claims of the last run."""

    def begin_fresh(app: Flask) -> None:
        """Drop what nobody works on any more."""
        extend(app)
        leftovers = delete(keys).where(keys.c.point != "finished")
        database.write(lambda connection: connection.execute(leftovers))
        database.close()  # a server may fork after this

    return begin_fresh


def install(parts: Parts, _settings: Settings, database: Database) -> Parts:
    """Clear at boot."""
    return replace(parts, extend=fresh_start(parts.extend, database))


CLEARED_AT_BOOT = Defect(
    name="cleared-at-boot",
    family="duplicate-event",
    entry="D14",
    check="one-effect-per-event",
    combination=True,
    story="After a hard stop the keys of that moment stayed locked for some seconds, and support was called. Cleared "
    "at boot they were free at once, and nothing was left that knew that the ledger had been asked already.",
    install=install,
)
