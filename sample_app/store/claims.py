"""Who may handle an event: each key is claimed, finished or given back in one atomic transaction.

    (no key) --begin--> open, leased --complete--> finished, replayed
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

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from sample_app.contract_kind import Contract
from sample_app.records import Answer, Claim, InFlight, OtherBody, Replayed, Started, Verdict, Version
from sample_app.store.batches import add_batch, finish_batch, load_batch
from sample_app.store.database import Database
from sample_app.store.tables import keys

Begin = Callable[[Claim], Verdict]
Complete = Callable[[Started, Answer], None]
Release = Callable[[Started], None]
Clock = Callable[[], float]

CONTRACT = Contract(
    name="claim and complete",
    input=("A valid key, the fingerprint of the document, and the batch to keep if the event is new.",),
    guarantees=(
        "One request at a time works on an event, in all threads and workers together.",
        "The key and the batch are kept together or not at all, before anything is sent.",
        "A finished event answers with the same status and body, whoever asks and however often.",
        "A claim is a lease: it ends with the request, or runs out when its worker died; a retry resumes there.",
    ),
    errors=("in-flight", "idempotency-key-reused", "storage-unavailable"),
    non_goals=("Keys of one version are unknown to the other.",),
)


def beginner(database: Database, lease: float, now: Clock) -> Begin:
    """Build the step that claims a key; ``lease`` in seconds, ``now`` in seconds since 1970."""

    def begin(claim: Claim) -> Verdict:
        """Claim the key, or say what became of it."""

        def work(connection: Connection) -> Verdict:
            row = find_key(connection, claim.batch.version, claim.key)
            if row is None:
                return start(connection, claim, now() + lease)
            return judge(row, claim, now(), lease) or resume(connection, row, claim, now() + lease)

        return database.write(work)

    return begin


def completer(database: Database) -> Complete:
    """Build the step that keeps the answer. Not fenced by the owner: that the ledger confirmed is true for all."""

    def complete(started: Started, answer: Answer) -> None:
        """Finish the event."""

        def work(connection: Connection) -> None:
            finish_batch(connection, started.batch.id)
            done = {"point": "finished", "status": answer.status, "body": answer.body}
            connection.execute(update(keys).where(same_event(started)).values(**done))

        database.write(work)

    return complete


def releaser(database: Database) -> Release:
    """Build the step that gives a claim back, so that a retry need not wait for the lease to run out."""

    def release(started: Started) -> None:
        """Free the key, unless another request took it over meanwhile."""
        mine = same_event(started) & (keys.c.owner == started.owner)
        database.write(lambda connection: connection.execute(update(keys).where(mine).values(lease_until=0.0)))

    return release


def same_event(event: Claim | Started) -> ColumnElement[bool]:
    """Select the row of an event."""
    return (keys.c.version == event.batch.version) & (keys.c.key == event.key)


def find_key(connection: Connection, version: Version, key: str) -> RowMapping | None:
    """Read what is known of a key."""
    wanted = select(keys).where(keys.c.version == version, keys.c.key == key)
    return connection.execute(wanted).mappings().one_or_none()


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
            version=claim.batch.version,
            key=claim.key,
            fingerprint=claim.fingerprint,
            batch_id=claim.batch.id,
            owner=claim.owner,
            lease_until=until,
            point="claimed",
        )
    )
    return Started(key=claim.key, fingerprint=claim.fingerprint, owner=claim.owner, batch=claim.batch)


def resume(connection: Connection, row: RowMapping, claim: Claim, until: float) -> Started:
    """Take over an event that was left unfinished, with the batch that was kept for it, where it stopped."""
    taken = update(keys).where(same_event(claim)).values(owner=claim.owner, lease_until=until)
    connection.execute(taken)
    return Started(
        key=claim.key,
        fingerprint=claim.fingerprint,
        owner=claim.owner,
        batch=load_batch(connection, row["batch_id"]),
        point=row["point"],
    )
