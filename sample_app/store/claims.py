"""Who may handle an event: each key is claimed, finished or given back in one atomic transaction.

    (no key) --begin--> open, leased --complete--> finished, replayed for ever
                          |      ^
                     release     +-- begin again: the lease was given back, or ran out because its worker died
                          v      |
                        open, free

Keys are unique in the database, so this holds across threads, workers and restarts. A free key is resumed with the
batch that was kept for it, so every attempt emits under the same outgoing key.
Clocks: leases compare the wall clocks of processes on one machine; a step back cannot prolong one, see ``is_live``.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from sample_app.records import Answer, Claim, InFlight, OtherBody, Replayed, Started, Verdict
from sample_app.store.batches import add_batch, finish_batch, load_batch
from sample_app.store.database import Database
from sample_app.store.tables import keys

Begin = Callable[[Claim], Verdict]
Complete = Callable[[Started, Answer], None]
Release = Callable[[Started], None]
Clock = Callable[[], float]


def beginner(database: Database, lease: float, now: Clock) -> Begin:
    """Build the step that claims a key; ``lease`` in seconds, ``now`` in seconds since 1970."""

    def begin(claim: Claim) -> Verdict:
        """Claim the key, or say what became of it."""
        with database.write() as connection:
            row = find_key(connection, claim.key)
            if row is None:
                return start(connection, claim, now() + lease)
            return judge(row, claim, now(), lease) or resume(connection, row, claim, now() + lease)

    return begin


def completer(database: Database) -> Complete:
    """Build the step that keeps the answer. Not fenced by the owner: that the ledger confirmed is true for all."""

    def complete(started: Started, answer: Answer) -> None:
        """Finish the event."""
        done = update(keys).where(keys.c.key == started.key).values(status=answer.status, body=answer.body)
        with database.write() as connection:
            finish_batch(connection, started.batch.id)
            connection.execute(done)

    return complete


def releaser(database: Database) -> Release:
    """Build the step that gives a claim back, so that a retry need not wait for the lease to run out."""

    def release(started: Started) -> None:
        """Free the key, unless another request took it over meanwhile."""
        mine = (keys.c.key == started.key) & (keys.c.owner == started.owner)
        with database.write() as connection:
            connection.execute(update(keys).where(mine).values(lease_until=0.0))

    return release


def find_key(connection: Connection, key: str) -> RowMapping | None:
    """Read what is known of a key."""
    return connection.execute(select(keys).where(keys.c.key == key)).mappings().one_or_none()


def judge(row: RowMapping, claim: Claim, moment: float, lease: float) -> Verdict | None:
    """Say why the claim cannot be had; None when it can."""
    if row["fingerprint"] != claim.fingerprint:
        return OtherBody()
    if row["status"] is not None:
        return Replayed(batch_id=row["batch_id"], status=row["status"], body=row["body"])
    return InFlight() if is_live(row["lease_until"], moment, lease) else None


def is_live(until: float, moment: float, lease: float) -> bool:
    """Tell whether a lease holds. One that ends later than a lease can last was written before a clock stepped back."""
    return moment < until <= moment + lease


def start(connection: Connection, claim: Claim, until: float) -> Started:
    """Keep a new event: its batch and its key, together."""
    add_batch(connection, claim.batch)
    connection.execute(
        insert(keys).values(
            key=claim.key,
            fingerprint=claim.fingerprint,
            batch_id=claim.batch.id,
            owner=claim.owner,
            lease_until=until,
        )
    )
    return Started(key=claim.key, fingerprint=claim.fingerprint, owner=claim.owner, batch=claim.batch)


def resume(connection: Connection, row: RowMapping, claim: Claim, until: float) -> Started:
    """Take over an event that was left unfinished, with the batch that was kept for it."""
    taken = update(keys).where(keys.c.key == claim.key).values(owner=claim.owner, lease_until=until)
    connection.execute(taken)
    kept = load_batch(connection, row["batch_id"])
    return Started(key=claim.key, fingerprint=claim.fingerprint, owner=claim.owner, batch=kept)
