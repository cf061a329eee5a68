"""A key is looked up, the work is done, and then the key is stored.

Family: duplicate-event. Found by: D02 (same key, same body, at the same instant).
In real life: replays were tested one after the other and were right. Then a client library began to hedge its slow
requests: both copies looked, found no key, and both were charged. Stored early, the key would have been claimed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert

from sample_app.defects.kind import Defect
from sample_app.records import Answer, Claim, Started, Verdict
from sample_app.settings import Settings
from sample_app.stages import Stages
from sample_app.store.batches import add_batch, finish_batch
from sample_app.store.claims import Begin, find_key
from sample_app.store.database import Database
from sample_app.store.tables import keys


def beginner(database: Database, known: Begin) -> Begin:
    """Build a begin step that keeps keys out of the way until there is an answer to store with them."""

    def begin(claim: Claim) -> Verdict:
        """Go by what is known of the key; an unknown one is a new event."""
        with database.read() as connection:
            seen = find_key(connection, claim.key) is not None
        if seen:
            return known(claim)
        with database.write() as connection:
            add_batch(connection, claim.batch)
        return Started(key=claim.key, fingerprint=claim.fingerprint, owner=claim.owner, batch=claim.batch)

    return begin


def completer(database: Database) -> Callable[[Started, Answer], None]:
    """Build a complete step that stores the key with its answer."""

    def complete(started: Started, answer: Answer) -> None:
        """Finish the event."""
        with database.write() as connection:
            finish_batch(connection, started.batch.id)
            store_key(connection, started, status=answer.status, body=answer.body)

    return complete


def releaser(database: Database) -> Callable[[Started], None]:
    """Build a release step that stores the key without an answer, free to be resumed."""

    def release(started: Started) -> None:
        """Remember the batch for the retry."""
        with database.write() as connection:
            store_key(connection, started, status=None, body=None)

    return release


def store_key(connection: Connection, started: Started, *, status: int | None, body: str | None) -> None:
    """Insert the key, or bring it up to date after a retry."""
    row = insert(keys).values(
        key=started.key,
        fingerprint=started.fingerprint,
        batch_id=started.batch.id,
        owner=started.owner,
        lease_until=0.0,
        status=status,
        body=body,
    )
    fresh = {"owner": started.owner, "lease_until": 0.0, "status": status, "body": body}
    connection.execute(row.on_conflict_do_update(index_elements=[keys.c.key], set_=fresh))


def install(stages: Stages, _settings: Settings, database: Database) -> Stages:
    """Store keys last."""
    return replace(
        stages,
        begin=beginner(database, stages.begin),
        complete=completer(database),
        release=releaser(database),
    )


CHECK_THEN_ACT = Defect(
    name="check-then-act",
    family="duplicate-event",
    entry="D02",
    story="Replays were tested one after the other and were right. Then a client library began to hedge slow requests: "
    "both copies looked, found no key, and both were charged.",
    install=install,
)
