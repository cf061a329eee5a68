"""Exactly once: what a key promises, in one process and across many threads."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from sample_app import create_app
from sample_app.context import Context
from sample_app.editions import Transform
from sample_app.parts import Parts, new_batch, with_edition
from sample_app.postconditions import PostconditionBroken
from sample_app.records import (
    Accepted,
    Answer,
    Batch,
    Claim,
    InFlight,
    Item,
    OtherBody,
    Outcome,
    Replayed,
    Started,
    StoredBatch,
)
from sample_app.store.claims import Terms, beginner, completer, releaser
from sample_app.store.database import Database, StorageUnavailable
from tests.sample_app.clients import BATCH, InProcess, at_once
from tests.sample_app.ledger import Ledger, slow

LEASE, DAY = 4.0, 86400.0
LogLines = Callable[[], list[dict[str, object]]]


def test_a_new_batch_is_stored_emitted_and_readable(client: InProcess, ledger: Ledger) -> None:
    """201 says what was accepted and rejected; the ledger has the entry; the address given reads the same bytes."""
    reply = client.post(BATCH)
    identity = reply.json["id"]
    assert (reply.status, reply.headers["location"]) == (201, f"/v1/batches/{identity}")
    assert reply.json == {
        "id": identity,
        "source": "crm",
        "received": 3,
        "accepted": ["alpha", "beta"],
        "rejected": [{"index": 1, "reason": "blank"}],
    }
    assert [call.document for call in ledger.calls] == [
        {"batch_id": identity, "source": "crm", "values": ["alpha", "beta"]}
    ]
    assert ledger.keys() == [f"batch-{identity}"]
    assert client.get(reply.headers["location"]).body == reply.body


@pytest.mark.parametrize("values", [[], [""], [" ", "\t"]])
def test_nothing_accepted_is_stored_and_not_emitted(values: list[str], client: InProcess, ledger: Ledger) -> None:
    """A batch of blanks, or of nothing, is a batch: it can be read and replayed, and the ledger never hears of it."""
    document: dict[str, object] = {"source": "crm", "values": values}
    reply = client.post(document)
    assert (reply.status, reply.json["accepted"], len(reply.json["rejected"])) == (201, [], len(values))
    assert client.get(reply.headers["location"]).body == reply.body
    assert client.post(document).body == reply.body
    assert ledger.calls == []


def test_a_duplicate_is_answered_from_the_store(client: InProcess, ledger: Ledger) -> None:
    """Same key, same document in other bytes: same status, body and Location, marked as a replay; one effect."""
    first = client.post(b'{"source": "crm", "values": ["a", "b"]}')
    again = client.post(b'{"values":["\\u0061","b"],\n"source":"crm"}')
    assert (again.status, again.body, again.headers["location"]) == (
        first.status,
        first.body,
        first.headers["location"],
    )
    assert [reply.headers.get("idempotency-replayed") for reply in (first, again)] == [None, "true"]
    assert len(ledger.calls) == 1


def test_a_duplicate_at_another_worker_is_the_same(environ: dict[str, str], ledger: Ledger) -> None:
    """The memory is in the database, not in the process: a second app on the same file replays."""
    one, other = (InProcess(create_app(environ)) for _ in range(2))
    assert one.post(BATCH).body == other.post(BATCH).body
    assert len(ledger.calls) == 1


def test_a_key_cannot_be_used_for_another_batch(client: InProcess, ledger: Ledger) -> None:
    """Another document under a known key is 422, and the stored answer stays."""
    first = client.post(BATCH)
    assert client.post({"source": "crm", "values": ["alpha"]}).problem == (422, "idempotency-key-reused")
    assert client.post(BATCH).body == first.body
    assert len(ledger.calls) == 1


def test_keys_are_compared_byte_for_byte(client: InProcess, ledger: Ledger) -> None:
    """Case and quotation marks make another key, so another event."""
    ids = {client.post(BATCH, key=key).json["id"] for key in ("abc", "ABC", '"abc"')}
    assert (len(ids), len(ledger.effects())) == (3, 3)


def test_ten_at_once_are_one(client: InProcess, ledger: Ledger) -> None:
    """Of ten identical requests at one instant one is handled; the others are told so or get its answer."""
    ledger.behave = slow(0.2)
    replies = at_once(10, lambda _: client.post(BATCH))
    assert {reply.status for reply in replies} <= {201, 409}
    assert [reply.status for reply in replies if reply.headers.get("idempotency-replayed") is None].count(201) == 1
    assert all(reply.headers["retry-after"] == "1" for reply in replies if reply.problem_or_none == (409, "in-flight"))
    assert len(ledger.calls) == 1


def test_an_unfinished_batch_cannot_be_read(client: InProcess, ledger: Ledger, environ: dict[str, str]) -> None:
    """Until the ledger has confirmed, the batch does not exist for readers."""
    ledger.behave = lambda connection, stop: None
    assert client.post(BATCH).status == 503
    kept = sqlite3.connect(environ["DATABASE_URL"].removeprefix("sqlite:///"))
    [(identity,)] = kept.execute("SELECT id FROM batches").fetchall()
    assert client.get(f"/v1/batches/{identity}").problem == (404, "not-found")


def test_a_rejected_request_stores_nothing(client: InProcess, environ: dict[str, str]) -> None:
    """After a 4xx neither the key nor anything else is kept."""
    client.post(BATCH)
    client.post(b"{", key="k-2")
    client.post({"source": "crm"}, key="k-3")
    kept = sqlite3.connect(environ["DATABASE_URL"].removeprefix("sqlite:///"))
    counts = [kept.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("batches", "idempotency_keys")]
    assert counts == [(1,), (1,)]


class Hand:
    """A clock moved by hand, in seconds since 1970."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def terms(clock: Hand) -> Terms:
    """Say how long things hold, by a clock moved by hand."""
    return Terms(lease=LEASE, key_ttl=DAY, now=clock)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """Open a fresh database."""
    return Database(f"sqlite:///{tmp_path}/claims.db", 5)


def wish(owner: str, fingerprint: str = "f") -> Claim:
    """Claim key ``k`` with a fresh batch."""
    sent = Batch(version="v1", source="s", items=(Item(index=0, value="a"),))
    batch = new_batch(sent, Outcome(accepted=(Accepted(index=0, value="a"),), rejected=()))
    return Claim(key="k", fingerprint=fingerprint, owner=owner, batch=batch)


def test_the_life_of_a_claim(database: Database) -> None:
    """A claim is held, given back, resumed with the batch that was kept, finished, and replayed for ever."""
    begin = beginner(database, terms(Hand()))
    first = begin(wish("one"))
    assert isinstance(first, Started)
    assert (begin(wish("two")), begin(wish("two", "g"))) == (InFlight(), OtherBody())
    releaser(database)(first)
    resumed = begin(wish("three"))
    assert resumed == replace(first, owner="three")
    completer(database, terms(Hand()))(first, Answer(batch_id=first.batch.id, status=201, body="{}"))
    assert begin(wish("four")) == Replayed(batch_id=first.batch.id, status=201, body="{}")
    assert begin(wish("four", "g")) == OtherBody()


@pytest.mark.parametrize(("passed", "held"), [(0, True), (3.99, True), (4.0, False), (100, False), (-1, False)])
def test_a_lease_ends_by_itself(passed: float, held: bool, database: Database) -> None:
    """A worker that died locks its key for one lease at most, even when the clock steps back."""
    clock = Hand()
    begin = beginner(database, terms(clock))
    first = begin(wish("dead"))
    clock.now += passed
    later = begin(wish("retry"))
    assert isinstance(first, Started)
    assert later == (InFlight() if held else replace(first, owner="retry"))


def test_a_late_release_does_not_free_what_another_took_over(database: Database) -> None:
    """The first owner, coming back after its lease, cannot give away the claim of the second."""
    clock = Hand()
    begin = beginner(database, terms(clock))
    first = begin(wish("slow"))
    assert isinstance(first, Started)
    clock.now += LEASE
    begin(wish("second"))
    releaser(database)(first)
    assert begin(wish("third")) == InFlight()


def test_new_files_are_prepared_by_many_at_once(tmp_path: Path) -> None:
    """Eight databases that open one new file at the same instant all work."""
    url = f"sqlite:///{tmp_path}/new.db"
    barrier, found = threading.Barrier(8), []

    def start(index: int) -> None:
        mine = Database(url, 5)
        barrier.wait()
        found.append(beginner(mine, terms(Hand()))(replace(wish(str(index)), key=str(index))))

    threads = [threading.Thread(target=start, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(verdict) for verdict in found] == [Started] * 8


def test_a_locked_database_is_503_and_harmless(environ: dict[str, str], ledger: Ledger) -> None:
    """When the write lock is not to be had in time, the caller is told to retry, and nothing happened."""
    client = InProcess(create_app({**environ, "SAMPLE_APP_STORAGE_WAIT": "0.1"}))
    assert client.post(BATCH, key="k-0").status == 201
    holder = sqlite3.connect(environ["DATABASE_URL"].removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    refused = client.post(BATCH)
    assert (refused.problem, refused.headers["retry-after"]) == ((503, "storage-unavailable"), "1")
    holder.execute("ROLLBACK")
    assert client.post(BATCH).status == 201
    assert len(ledger.effects()) == 2


def test_a_file_that_cannot_be_opened_is_storage_unavailable(tmp_path: Path) -> None:
    """A failure of the database has one name, whatever the driver raises, and is told at once."""
    began = time.monotonic()
    with pytest.raises(StorageUnavailable):
        Database(f"sqlite:///{tmp_path}/no/such.db", 30).read(lambda connection: None)
    assert time.monotonic() - began < 10


def changed(**parts: object) -> Callable[[Parts], Parts]:
    """Put other parts in place of the standard ones."""
    return lambda standard: replace(standard, **parts)  # type: ignore[arg-type]


def transformed(transform: Transform) -> Callable[[Parts], Parts]:
    """Put other rules in place of those of v1."""
    return lambda standard: with_edition(standard, "v1", transform=transform)


def test_a_broken_postcondition_stops_everything(environ: dict[str, str], ledger: Ledger) -> None:
    """A transform that loses a value ends in 500 of a stable type, without a row and without an entry."""
    lossy = transformed(lambda batch: Outcome(accepted=(Accepted(index=0, value="alpha"),), rejected=()))
    client = InProcess(create_app(environ, change=lossy))
    assert client.post(BATCH).problem == (500, "postcondition")
    assert ledger.calls == []


@pytest.mark.parametrize("error", [RuntimeError("secret /etc/path"), PostconditionBroken("rule"), RecursionError()])
def test_an_unexpected_failure_gives_nothing_away(error: Exception, environ: dict[str, str], ledger: Ledger) -> None:
    """A bug is a problem+json without its message, and its claim is free for the retry."""

    def emit(_batch: StoredBatch, _entry: bytes, _context: Context) -> None:
        raise error

    reply = InProcess(create_app(environ, change=changed(emit=emit))).post(BATCH)
    assert reply.problem[0] == 500
    assert b"secret" not in reply.body
    assert InProcess(create_app(environ)).post(BATCH).status == 201
    assert len(ledger.calls) == 1


def test_a_failed_completion_is_repaired_by_the_retry(environ: dict[str, str], ledger: Ledger) -> None:
    """The ledger confirmed but the answer could not be kept: the retry emits under the same key, one effect."""

    def complete(_started: Started, _answer: Answer) -> None:
        raise StorageUnavailable("disk full")

    client = InProcess(create_app(environ, change=changed(complete=complete)))
    assert client.post(BATCH).problem == (503, "storage-unavailable")
    assert InProcess(create_app(environ)).post(BATCH).status == 201
    assert (len(ledger.calls), len(ledger.effects())) == (2, 1)


def test_one_terminal_line_a_request(app: Flask, ledger: Ledger, log_lines: LogLines) -> None:
    """Accepted, replayed, rejected and failed requests each leave exactly one line that says so."""
    client = InProcess(app)
    identity = client.post(BATCH).json["id"]
    client.post(BATCH)
    client.post({"source": "x\r\n{}"})
    ledger.behave = lambda connection, stop: None
    client.post(BATCH, key="k-2")
    client.get("/healthz")
    seen = [(line["status"], line["stage"], line["outcome"], line["entity_id"]) for line in log_lines()]
    failed = log_lines()[3]["entity_id"]
    assert seen == [
        (201, "answer", "accepted", identity),
        (201, "replay", "accepted", identity),
        (422, "validate", "rejected", None),
        (503, "emit", "failed", failed),
        (200, "answer", "accepted", None),
    ]
    assert all(float(str(line["latency_ms"])) >= 0 for line in log_lines())


def test_a_bug_is_logged_with_its_traceback(environ: dict[str, str], ledger: Ledger, log: object) -> None:
    """The line of the exception and the terminal line share the request's id."""

    def transform(_batch: Batch) -> Outcome:
        raise RuntimeError("why\nit happened")

    client = InProcess(create_app(environ, change=transformed(transform), log=log))  # type: ignore[arg-type]
    reply = client.post(BATCH)
    first, last = (json.loads(line) for line in log.getvalue().splitlines())  # type: ignore[attr-defined]
    assert (first["event"], first["request_id"]) == ("exception", reply.headers["x-request-id"])
    assert "why\nit happened" in first["traceback"]
    assert (last["event"], last["stage"], last["outcome"]) == ("request", "transform", "failed")
