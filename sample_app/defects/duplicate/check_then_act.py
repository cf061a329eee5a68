"""A key is looked up, the work is done, and then the key is stored.

Family: duplicate-event. Found by: D02 (one-effect-per-event; same key, same body, at the same instant).
In real life: replays were tested one after the other and were right. Then a client library began to hedge its slow
requests: both copies looked, found no key, and both were charged. Stored early, the key would have been claimed.
"""

from __future__ import annotations

import time
from dataclasses import replace

from sqlalchemy import Connection, insert, update

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Answer, Claim, Started, Verdict
from sample_app.settings import Settings
from sample_app.store.batches import add_batch, finish_batch
from sample_app.store.claims import Begin, Complete, Release, find_key, same_event
from sample_app.store.database import Database
from sample_app.store.tables import keys


def beginner(database: Database, known: Begin) -> Begin:
    """Build a begin step that keeps keys out of the way until there is an answer to store with them."""

    def begin(claim: Claim) -> Verdict:
        """Go by what is known of the key; an unknown one is a new event."""
        seen = database.read(lambda connection: find_key(connection, claim.batch.version, claim.key))
        if seen is not None:
            return known(claim)
        database.write(lambda connection: add_batch(connection, claim.batch))
        return Started(key=claim.key, fingerprint=claim.fingerprint, owner=claim.owner, batch=claim.batch)

    return begin


def completer(database: Database) -> Complete:
    """Build a complete step that stores the key with its answer."""

    def complete(started: Started, answer: Answer) -> None:
        """Finish the event."""

        def work(connection: Connection) -> None:
            finish_batch(connection, started.batch.id)
            store_key(connection, started, point="finished", status=answer.status, body=answer.body)

        database.write(work)

    return complete


def releaser(database: Database) -> Release:
    """Build a release step that stores the key without an answer, free to be resumed."""

    def release(started: Started) -> None:
        """Remember the batch for the retry."""
        database.write(lambda connection: store_key(connection, started, point=started.point, status=None, body=None))

    return release


def store_key(connection: Connection, started: Started, *, point: str, status: int | None, body: str | None) -> None:
    """Insert the key, or bring it up to date after a retry."""
    moment = time.time()
    fresh = {"owner": started.owner, "lease_until": 0.0, "point": point, "status": status, "body": body}
    fresh |= {"claimed_at": moment, "finished_at": None if status is None else moment}
    known = update(keys).where(same_event(started)).values(**fresh)
    if connection.execute(known).rowcount:
        return
    row = {"version": started.batch.version, "key": started.key, "fingerprint": started.fingerprint, **fresh}
    connection.execute(insert(keys).values(batch_id=started.batch.id, created_at=moment, **row))


def install(parts: Parts, _settings: Settings, database: Database) -> Parts:
    """Store keys last."""
    return replace(
        parts,
        begin=beginner(database, parts.begin),
        complete=completer(database),
        release=releaser(database),
    )


CHECK_THEN_ACT = Defect(
    name="check-then-act",
    family="duplicate-event",
    entry="D02",
    check="one-effect-per-event",
    combination=True,
    story="Replays were tested one after the other and were right. Then a client library began to hedge slow requests: "
    "both copies looked, found no key, and both were charged.",
    install=install,
)
