"""The outgoing call: what the ledger says, and what the caller is told."""

from __future__ import annotations

import time

import pytest
import requests
import responses

from sample_app.context import Context
from sample_app.documents.v1 import entry_of
from sample_app.ledger.client import LedgerFailure, emitter
from sample_app.outbound.deadline import Deadline
from sample_app.outbound.exchange import Call, exchange
from sample_app.outbound.failures import CallFailure
from sample_app.records import Accepted, StoredBatch
from sample_app.settings import Settings
from tests.sample_app.clients import BATCH, InProcess
from tests.sample_app.clockwork import Clockwork
from tests.sample_app.ledger import (
    CONFIRMED,
    END_OF_HEADERS,
    Behaviour,
    Ledger,
    answer,
    dead_address,
    drips,
    hangs,
    resets,
    says,
)

ENTRY = StoredBatch(
    id="b-1",
    version="v1",
    entry_key="batch-b-1",
    source="crm",
    received=1,
    accepted=(Accepted(index=0, value="a"),),
    rejected=(),
)
HEAD = CONFIRMED.index(END_OF_HEADERS)
WELL_BEFORE_THE_DRIP_ENDS = 2.0  # seconds; the shortest drip below takes four
ANSWERS: list[tuple[int, str | bytes, str]] = [
    (201, '{"id": "e"}', "confirmed"),
    (200, '{"id": "e", "more": [1]}', "confirmed"),
    (201, "", "broken"),
    (201, "null", "broken"),
    (201, "[]", "broken"),
    (201, "<html>", "broken"),
    (201, '{"id": 7}', "broken"),
    (201, '{"id": ""}', "broken"),
    (201, '{"id": null}', "broken"),
    (201, '{"error": "no"}', "broken"),
    (201, '{"id": "e", "x": NaN}', "broken"),
    (201, '{"id": "e"', "broken"),
    (201, b'{"id": "\xff"}', "broken"),
    (201, '{"id": "e", "fill": "' + "x" * 70_000 + '"}', "broken"),
    (202, '{"id": "e"}', "wrong"),
    (204, "", "wrong"),
    (206, '{"id": "e"}', "wrong"),
    (301, "", "wrong"),
    (307, "", "wrong"),
    (400, '{"id": "e"}', "wrong"),
    (401, "", "wrong"),
    (404, "", "wrong"),
    (409, "", "wrong"),
    (429, "", "unavailable"),
    (500, '{"id": "e"}', "unavailable"),
    (502, "", "unavailable"),
    (503, "", "unavailable"),
    (599, "", "unavailable"),
    (999, '{"id": "e"}', "unavailable"),
]
ERRORS: list[tuple[Exception, str]] = [
    (requests.ConnectTimeout(), "late"),
    (requests.ReadTimeout(), "late"),
    (requests.ConnectionError("refused"), "unavailable"),
    (requests.exceptions.ChunkedEncodingError(), "broken"),
    (requests.exceptions.ContentDecodingError(), "broken"),
]


def emitted(url: str, deadline: float = 0.5) -> str:
    """Emit once and name what came of it."""
    try:
        emitter(Settings(ledger_url=url, ledger_deadline=deadline))(
            ENTRY, entry_of(ENTRY), Context(request_id="r-1", deadline=Deadline(10))
        )
    except LedgerFailure as failure:
        return failure.kind
    return "confirmed"


@pytest.mark.parametrize(("status", "body", "expected"), ANSWERS)
def test_every_answer_has_one_meaning(status: int, body: str | bytes, expected: str) -> None:
    """Only 200 or 201 with the agreed document confirms; every other answer is a failure of a known kind."""
    with responses.RequestsMock() as mocked:
        mocked.post("http://ledger.test/entries", status=status, body=body)
        assert emitted("http://ledger.test") == expected


@pytest.mark.parametrize(("error", "expected"), ERRORS, ids=lambda value: str(value)[:20])
def test_every_failure_of_the_transport_has_one_meaning(error: Exception, expected: str) -> None:
    """Late, unavailable and broken are told apart by what was raised."""
    with responses.RequestsMock() as mocked:
        mocked.post("http://ledger.test/entries", body=error)
        assert emitted("http://ledger.test") == expected


WIRE: dict[str, tuple[Behaviour, str]] = {
    "confirmed": (says(CONFIRMED), "confirmed"),
    "without a length": (says(b'HTTP/1.1 201 Created\r\n\r\n{"id": "e"}'), "confirmed"),
    "chunked": (
        says(b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{"id": "e"}\r\n0\r\n\r\n'),
        "confirmed",
    ),
    "closed without a word": (says(b""), "unavailable"),
    "reset": (resets, "unavailable"),
    "garbage": (says(b"\x00\x01garbage\r\n\r\n"), "broken"),
    "half a status line": (says(b"HTTP/1."), "broken"),
    "cut in the headers": (says(CONFIRMED[: HEAD - 12]), "broken"),
    "cut after the headers": (says(CONFIRMED[: HEAD + 4]), "broken"),
    "cut in the body": (says(CONFIRMED[:-4]), "broken"),
    "cut without a length": (says(b'HTTP/1.1 201 Created\r\n\r\n{"id": "e"'), "broken"),
    "bad chunk": (says(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "broken"),
    "no last chunk": (
        says(b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{"id": "e"}\r\n'),
        "broken",
    ),
    "false gzip": (says(answer("201 Created", b'{"id": "e"}', b"Content-Encoding: gzip")), "broken"),
    "moved, the address is not UTF-8": (says(answer("302 Found", b"", b"Location: \xff")), "wrong"),
    "moved, the address is none": (says(answer("302 Found", b"", b"Location: http://[")), "wrong"),
    "moved to another protocol": (says(answer("302 Found", b"", b"Location: ftp://h/")), "wrong"),
    "70,000 bytes of header": (says(b"HTTP/1.1 201 Created\r\nX: " + b"x" * 70_000 + b"\r\n\r\n"), "broken"),
    "silence": (hangs, "late"),
    "dripped headers": (drips(CONFIRMED), "late"),
    "dripped body": (drips(answer("201 Created", b'{"id": "e"}'.ljust(100)), at_once=60), "late"),
    "endless interim answers": (drips(b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "late"),
}


@pytest.mark.parametrize("name", WIRE)
def test_on_a_real_socket_too(name: str, ledger: Ledger) -> None:
    """Cut, broken and dripped answers are never taken for confirmations, and the deadline is total."""
    ledger.behave, expected = WIRE[name]
    began = time.monotonic()
    assert emitted(ledger.url) == expected
    assert time.monotonic() - began < WELL_BEFORE_THE_DRIP_ENDS


def test_a_deadline_that_passes_while_the_request_is_written() -> None:
    """A thread that loses the processor for the last milliseconds is late, and nothing worse."""
    clock = Clockwork()

    def tick() -> float:
        clock.now += 0.002
        return clock.now

    deadlines = [Deadline(0.002 * looks + 0.0015, tick) for looks in range(12)]
    call = Call(method="GET", url=dead_address(), headers={})
    assert {failure_kind(call, deadline) for deadline in deadlines} <= {"late", "unavailable"}


def failure_kind(call: Call, deadline: Deadline) -> str:
    """Exchange, and name the failure."""
    with pytest.raises(CallFailure) as failed:
        exchange(call, deadline)
    return failed.value.kind


def test_nobody_listens() -> None:
    """A refused connection is known at once, long before the deadline."""
    began = time.monotonic()
    assert emitted(dead_address(), deadline=5) == "unavailable"
    assert time.monotonic() - began < 2


def test_proxies_of_the_environment_are_not_used(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment variable cannot send entries elsewhere."""
    monkeypatch.setenv("HTTP_PROXY", dead_address())
    assert emitted(ledger.url) == "confirmed"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("behave", "tries", "expected"),
    [
        (hangs, 1, (504, "ledger-late")),
        (resets, 3, (503, "ledger-unavailable")),
        (says(answer("503 Service Unavailable", b"")), 3, (503, "ledger-unavailable")),
        (says(CONFIRMED[:-4]), 3, (502, "ledger-broken")),
        (says(answer("400 Bad Request", b"")), 1, (502, "ledger-broken")),
    ],
    ids=["late", "reset", "their 503", "cut", "their 400"],
)
def test_a_failure_is_told_and_the_retry_resumes(
    behave: Behaviour, tries: int, expected: tuple[int, str], client: InProcess, ledger: Ledger
) -> None:
    """The caller gets 502, 503 or 504 and Retry-After; the same key then finishes the same batch under one entry key.

    Within the request the call is repeated where that can help: not once all the time is gone, nor after a clear no.
    """
    confirm, ledger.behave = ledger.behave, behave
    failed = client.post(BATCH)
    assert (failed.problem, failed.headers["retry-after"]) == (expected, "1")
    ledger.behave = confirm
    retried = client.post(BATCH)
    assert (retried.status, retried.headers.get("idempotency-replayed")) == (201, None)
    assert ledger.keys() == [f"batch-{retried.json['id']}"] * (tries + 1)
    assert client.post(BATCH).body == retried.body
