"""A claim whose lease ran out is dropped, and its event begins anew: another batch, another outgoing key.

Family: duplicate-event. Found by: D14 (one-effect-per-event; the service is killed after an effect).
In real life: half-made batches of crashed workers confused the reports, so a retry replaced them. The ledger had taken
some of them a moment before the machine ran out of memory, and took them again from the retries.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import delete

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Claim, Verdict
from sample_app.settings import Settings
from sample_app.store.claims import Begin, same_event
from sample_app.store.database import Database
from sample_app.store.tables import keys


def tidying(begin: Begin, database: Database, now: Callable[[], float]) -> Begin:
    """Build a begin step that clears what a dead worker left under the key."""

    def begin_tidy(claim: Claim) -> Verdict:
        """Drop a claim that nobody can hold any more, then claim the key. One that was given back stays."""
        dead = (keys.c.point != "finished") & keys.c.lease_until.between(1.0, now())
        database.write(lambda connection: connection.execute(delete(keys).where(same_event(claim), dead)))
        return begin(claim)

    return begin_tidy


def install(parts: Parts, _settings: Settings, database: Database) -> Parts:
    """Clear dead claims."""
    return replace(parts, begin=tidying(parts.begin, database, time.time))


STALE_CLAIMS_DROPPED = Defect(
    name="stale-claims-dropped",
    family="duplicate-event",
    entry="D14",
    check="one-effect-per-event",
    combination=True,
    story="Half-made batches of crashed workers confused the reports, so a retry replaced them. The ledger had taken "
    "some a moment before the machine ran out of memory, and took them again from the retries.",
    install=install,
)
