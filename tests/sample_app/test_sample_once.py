"""Exactly once: what a key promises, in one process and across many threads, on either database."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from sample_app import create_app
from sample_app.context import Context
from sample_app.editions import Transform
from sample_app.parts import Parts, with_edition
from sample_app.postconditions import PostconditionBroken
from sample_app.records import (
    Accepted,
    Answer,
    Batch,
    Outcome,
    Started,
    StoredBatch,
)
from sample_app.store.database import Database, StorageUnavailable
from tests.sample_app.clients import BATCH, InProcess, Reply, at_once
from tests.sample_app.ledger import Ledger, slow

DATABASES = ("sqlite", "postgresql")
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
    [(identity,)] = rows(environ["DATABASE_URL"], "SELECT id FROM batches")
    assert client.get(f"/v1/batches/{identity}").problem == (404, "not-found")


def test_a_rejected_request_stores_nothing(client: InProcess, environ: dict[str, str]) -> None:
    """After a 4xx neither the key nor anything else is kept."""
    client.post(BATCH)
    client.post(b"{", key="k-2")
    client.post({"source": "crm"}, key="k-3")
    url = environ["DATABASE_URL"]
    assert [rows(url, f"SELECT count(*) FROM {table}") for table in ("batches", "idempotency_keys")] == [[(1,)]] * 2


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    """Read the database of an app from beside it."""
    found = Database(url, 5).read(lambda connection: connection.execute(text(statement)).all())
    return [tuple(row) for row in found]


LOCKS = {"sqlite": "SELECT 1", "postgresql": "LOCK TABLE idempotency_keys IN EXCLUSIVE MODE"}


def test_a_locked_database_is_503_and_harmless(environ: dict[str, str], ledger: Ledger) -> None:
    """When a lock is not to be had in time, the caller is told to retry, and nothing happened."""
    client = InProcess(create_app({**environ, "SAMPLE_APP_STORAGE_WAIT": "0.1"}))
    assert client.post(BATCH, key="k-0").status == 201

    def hold(connection: Connection) -> Reply:
        connection.execute(text(LOCKS[connection.dialect.name]))
        return client.post(BATCH)

    refused = Database(environ["DATABASE_URL"], 5).write(hold)
    assert (refused.problem, refused.headers["retry-after"]) == ((503, "storage-unavailable"), "1")
    assert client.post(BATCH).status == 201
    assert len(ledger.effects()) == 2


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
