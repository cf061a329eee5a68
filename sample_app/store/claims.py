"""Who may handle an event: each key is claimed, carried on, finished or given back in one atomic transaction.

    (no key) --begin--> claimed ---enrich--> enriched ---complete--> finished, replayed --key_ttl--> (no key)
                        '--- leased, or free ---'
                               |     ^
                          release    +-- begin again: the lease was given back, or ran out because its worker died

Keys are unique in the database, so this holds across threads, workers and restarts. A free key is resumed at its point
with the batch that was kept for it, so every attempt emits the same entry under the same outgoing key.

Only a finished key expires. Of one that is unfinished nobody knows whether the ledger has the entry: forgetting it
would make the next retry a second effect. The sweeper finishes those.

Clocks: leases compare wall clocks. On several machines, as across a step of one clock or a change of the settings, a
lease can seem over too soon: then two requests work on one event, with the same batch under the same outgoing key, so
there is one effect all the same. None can last longer than it should, see ``is_live``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy.engine import RowMapping

from sample_app.contract_kind import Contract
from sample_app.records import Answer, Claim, InFlight, OtherBody, Replayed, SourceInfo, Started, Verdict, Version
from sample_app.store.batches import add_batch, finish_batch, keep_info, load_batch
from sample_app.store.database import Database
from sample_app.store.inserts import add_if_new
from sample_app.store.tables import keys

Begin = Callable[[Claim], Verdict]
Enrich = Callable[[Started, SourceInfo], Started]
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
        "A finished key is forgotten after SAMPLE_APP_KEY_TTL seconds; one that is not finished never is.",
    ),
    errors=("in-flight", "idempotency-key-reused", "storage-unavailable"),
    non_goals=("Keys of one version are unknown to the other.",),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """How long things hold, in seconds, and the clock that says so, in seconds since 1970.

    ``lease``: a claim belongs to the request that took it. ``key_ttl``: a key is known after its event was finished.
    """

    lease: float
    key_ttl: float
    now: Clock


def beginner(database: Database, terms: Terms) -> Begin:
    """Build the step that claims a key."""

    def begin(claim: Claim) -> Verdict:
        """Claim the key, or say what became of it."""
        return database.write(lambda connection: decide(connection, claim, terms))

    return begin


def enricher(database: Database) -> Enrich:
    """Build the step that keeps what the reference service said.

    The first answer counts, whoever brings it: two requests can work on one event when a lease ran out, and both must
    emit the same entry. So this is fenced by the point and not by the owner.
    """

    def enrich(started: Started, info: SourceInfo) -> Started:
        """Go on to ``enriched``; what comes back has the info that was kept, which may be another's."""

        def work(connection: Connection) -> Started:
            first = this_event(started) & (keys.c.point == "claimed")
            if connection.execute(update(keys).where(first).values(point="enriched")).rowcount:
                keep_info(connection, started.batch.id, info)
            return replace(started, batch=load_batch(connection, started.batch.id), point="enriched")

        return database.write(work)

    return enrich


def completer(database: Database, terms: Terms) -> Complete:
    """Build the step that keeps the answer. Not fenced by the owner: that the ledger confirmed is true for all."""

    def complete(started: Started, answer: Answer) -> None:
        """Finish the event; a second time changes nothing."""

        def work(connection: Connection) -> None:
            done = {"point": "finished", "status": answer.status, "body": answer.body, "finished_at": terms.now()}
            first = this_event(started) & (keys.c.point != "finished")
            connection.execute(update(keys).where(first).values(**done))
            finish_batch(connection, started.batch.id)

        database.write(work)

    return complete


def releaser(database: Database) -> Release:
    """Build the step that gives a claim back, so that a retry need not wait for the lease to run out."""

    def release(started: Started) -> None:
        """Free the key, unless another request took it over meanwhile."""
        mine = this_event(started) & (keys.c.owner == started.owner)
        database.write(lambda connection: connection.execute(update(keys).where(mine).values(lease_until=0.0)))

    return release


def same_event(event: Claim | Started) -> ColumnElement[bool]:
    """Select the row of a key."""
    return (keys.c.version == event.batch.version) & (keys.c.key == event.key)


def this_event(started: Started) -> ColumnElement[bool]:
    """Select the row of a key as long as it stands for this very event: a key that expired may have a new one."""
    return same_event(started) & (keys.c.batch_id == started.batch.id)


def find_key(connection: Connection, version: Version, key: str) -> RowMapping | None:
    """Read what is known of a key, and keep it as it is until the transaction ends."""
    wanted = select(keys).where(keys.c.version == version, keys.c.key == key).with_for_update()
    return connection.execute(wanted).mappings().one_or_none()


def decide(connection: Connection, claim: Claim, terms: Terms) -> Verdict:
    """Add the key, or judge the row that is there."""
    while not add_if_new(connection, keys, first_row(claim, terms)):
        row = find_key(connection, claim.batch.version, claim.key)
        if row is not None:  # else it expired and was swept between the two statements
            return judge(connection, row, claim, terms)
    add_batch(connection, claim.batch)
    return Started(key=claim.key, fingerprint=claim.fingerprint, owner=claim.owner, batch=claim.batch)


def first_row(claim: Claim, terms: Terms) -> dict[str, object]:
    """Write a new event as columns."""
    moment = terms.now()
    return {
        "version": claim.batch.version,
        "key": claim.key,
        "fingerprint": claim.fingerprint,
        "batch_id": claim.batch.id,
        "owner": claim.owner,
        "lease_until": moment + terms.lease,
        "point": "claimed",
        "status": None,
        "body": None,
        "created_at": moment,
        "claimed_at": moment,
        "finished_at": None,
    }


def judge(connection: Connection, row: RowMapping, claim: Claim, terms: Terms) -> Verdict:
    """Say what a claim gets on a key that is known; the order of the questions is the contract."""
    moment = terms.now()
    if is_expired(row["finished_at"], moment, terms.key_ttl):
        return start_again(connection, claim, terms)
    if row["fingerprint"] != claim.fingerprint:
        return OtherBody()
    if row["status"] is not None:
        return Replayed(batch_id=row["batch_id"], status=row["status"], body=row["body"])
    if is_live(row["lease_until"], moment, terms.lease):
        return InFlight()
    return resume(connection, row, claim.owner, terms)


def is_live(until: float, moment: float, lease: float) -> bool:
    """Tell whether a lease holds. One that ends later than a lease can last was written before a clock stepped back."""
    return moment < until <= moment + lease


def is_expired(finished_at: float | None, moment: float, key_ttl: float) -> bool:
    """Tell whether a key is forgotten. An unfinished one never is."""
    return finished_at is not None and moment >= finished_at + key_ttl


def start_again(connection: Connection, claim: Claim, terms: Terms) -> Started:
    """Use an expired key for a new event. The batch of the old one stays; its key forgets it."""
    add_batch(connection, claim.batch)
    connection.execute(update(keys).where(same_event(claim)).values(**first_row(claim, terms)))
    return Started(key=claim.key, fingerprint=claim.fingerprint, owner=claim.owner, batch=claim.batch)


def resume(connection: Connection, row: RowMapping, owner: str, terms: Terms) -> Started:
    """Take over an event that was left unfinished, with the batch that was kept for it, where it stopped."""
    moment = terms.now()
    taken = update(keys).where(keys.c.version == row["version"], keys.c.key == row["key"])
    connection.execute(taken.values(owner=owner, lease_until=moment + terms.lease, claimed_at=moment))
    return Started(
        key=row["key"],
        fingerprint=row["fingerprint"],
        owner=owner,
        batch=load_batch(connection, row["batch_id"]),
        point=row["point"],
    )
