"""How long a request may take: its own time, its caller's, and what is passed on of it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sample_app import create_app
from sample_app.context import Context
from sample_app.outbound.deadline import Deadline
from sample_app.parts import Parts
from sample_app.records import SourceInfo, StoredBatch
from tests.sample_app.clients import BATCH, InProcess
from tests.sample_app.clockwork import Clockwork
from tests.sample_app.ledger import Ledger, answer, hangs, running_ledger, says

V2: dict[str, object] = {"source": "crm", "items": [{"id": "a", "value": "alpha"}]}
NOISE = 0.5  # seconds for which the machine may hold an answer up


def test_a_deadline_within_another() -> None:
    """The inner one ends when its seconds are over, or with the outer one; never later."""
    clock = Clockwork()
    outer = Deadline(10, clock.time)
    short, long = outer.within(4), outer.within(40)
    assert [short.left(), long.left(), outer.left()] == [4, 10, 10]
    clock.now = 4
    assert [short.passed(), long.passed(), long.within(-1).left()] == [True, False, 0]
    clock.now = 11
    assert [short.left(), long.left(), outer.within(5).left(), outer.passed()] == [0, 0, 0, True]
    with pytest.raises(TimeoutError):
        outer.remaining()


@pytest.mark.parametrize("text", ["", " ", "-1", "+1", "1.5", "1e3", "0x1", "12345678", "100, 200", "soon", "\u0661"])
def test_a_deadline_that_is_no_number(text: str, client: InProcess, ledger: Ledger) -> None:
    """Anything but 1 to 7 digits is the caller's mistake, and nothing happens."""
    reply = client.post(BATCH, environ={"HTTP_X_REQUEST_TIMEOUT_MS": text})
    assert (reply.problem, ledger.calls) == ((400, "deadline-invalid"), [])


@pytest.mark.parametrize("text", ["0", "0000000"])
def test_nothing_is_done_for_a_caller_that_is_gone(
    text: str, client: InProcess, ledger: Ledger, environ: dict[str, str]
) -> None:
    """No time left: 504, the key stays free, and no dependency hears of it."""
    refused = client.post(BATCH, X_Request_Timeout_Ms=text)
    assert (refused.problem, refused.headers["retry-after"]) == ((504, "deadline-exceeded"), "1")
    assert client.post(BATCH, key="other").status == 201
    kept = sqlite3.connect(environ["DATABASE_URL"].removeprefix("sqlite:///"))
    assert kept.execute("SELECT key FROM idempotency_keys").fetchall() == [("other",)]
    assert len(ledger.calls) == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("sent", "least", "most"), [(None, 300, 500), ("9999999", 300, 500), ("400", 100, 300)])
def test_what_is_left_goes_along(sent: str | None, least: int, most: int, client: InProcess, ledger: Ledger) -> None:
    """The ledger is told how long we will wait for it: its own deadline of 0.5 s, or what the caller leaves of it."""
    client.post(BATCH, key="warm")  # a new file takes its time
    headers = {} if sent is None else {"X_Request_Timeout_Ms": sent}
    assert client.post(BATCH, **headers).status == 201
    assert least <= int(ledger.calls[-1].headers["x-request-timeout-ms"]) <= most


def test_a_short_deadline_ends_a_call(client: InProcess, ledger: Ledger) -> None:
    """A ledger that hangs costs a caller with 0.2 s no more than that, and the retry with more time resumes."""
    client.post(BATCH, key="warm")
    confirm, ledger.behave = ledger.behave, hangs
    began = time.monotonic()
    assert client.post(BATCH, X_Request_Timeout_Ms="200").problem == (504, "ledger-late")
    assert time.monotonic() - began < 0.2 + NOISE
    ledger.behave = confirm
    assert client.post(BATCH).status == 201
    assert len(ledger.effects()) == 2


def test_no_call_is_started_without_time(environ: dict[str, str], ledger: Ledger) -> None:
    """When the time runs out between the claim and the call, nothing is sent, and the claim is given back."""

    def slow_check(_batch: StoredBatch) -> None:
        time.sleep(0.15)

    client = InProcess(create_app(environ, change=changed(check_entry=slow_check)))
    client.post(BATCH, key="warm")
    assert client.post(BATCH, X_Request_Timeout_Ms="100").problem == (504, "deadline-exceeded")
    assert len(ledger.calls) == 1
    assert client.post(BATCH).status == 201


def test_who_asks_and_why_goes_along(environ: dict[str, str], ledger: Ledger) -> None:
    """Request id and trace reach both dependencies as they came; without a trace there is no such header."""
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with running_ledger() as reference:
        reference.behave = says(answer("404 Not Found", b""))
        client = InProcess(create_app({**environ, "REFERENCE_URL": reference.url}))
        client.post(V2, path="/v2/batches", X_Request_Id="r-1", traceparent=trace)
        client.post(V2, key="k-2", path="/v2/batches", X_Request_Id="r-2")
        calls = [*ledger.calls, *reference.calls]
    told = [(call.headers["x-request-id"], call.headers.get("traceparent")) for call in calls]
    assert told == [("r-1", trace), ("r-2", None)] * 2
    assert all(call.headers["x-request-timeout-ms"].isdigit() for call in calls)


def test_a_source_is_looked_up_once_an_event(environ: dict[str, str], ledger: Ledger) -> None:
    """The ledger fails after the look-up: the retry goes on from there, and gives the answer of the first look."""
    asked: list[str] = []

    def look_up(name: str, _context: Context) -> SourceInfo:
        asked.append(name)
        return SourceInfo(title=f"title {len(asked)}")

    client = InProcess(create_app(environ, change=changed(look_up=look_up)))
    confirm, ledger.behave = ledger.behave, says(b"")
    assert client.post(V2, path="/v2/batches").status == 503
    ledger.behave = confirm
    replies = [client.post(V2, path="/v2/batches") for _ in range(2)]
    assert [reply.json["source"] for reply in replies] == [{"name": "crm", "title": "title 1"}] * 2
    assert asked == ["crm"]


def test_v1_asks_nobody(environ: dict[str, str]) -> None:
    """The old version knows no titles, so it makes no call for them."""
    with running_ledger() as reference:
        assert InProcess(create_app({**environ, "REFERENCE_URL": reference.url})).post(BATCH).status == 201
        assert reference.calls == []


def test_both_dependencies_hang_and_the_answer_comes_in_time(tmp_path: Path) -> None:
    """With the deadlines that the service has by default, the worst of both is still within them."""
    with running_ledger() as ledger, running_ledger() as reference:
        ledger.behave = reference.behave = hangs
        urls = {"LEDGER_URL": ledger.url, "REFERENCE_URL": reference.url}
        client = InProcess(create_app({"DATABASE_URL": f"sqlite:///{tmp_path}/app.db", **urls}))
        client.get("/readyz")
        began = time.monotonic()
        reply = client.post(V2, path="/v2/batches")
        took = time.monotonic() - began
    assert reply.problem == (504, "ledger-late")
    assert took < 1.8 + NOISE


@pytest.mark.parametrize("after", ["look_up", "emit"])
def test_a_locked_database_does_not_make_an_answer_late(after: str, tmp_path: Path) -> None:
    """Somebody locks the file once the claim is made, and lets go of it much later: the answer comes in time."""
    with running_ledger() as ledger:
        url, environ = f"{tmp_path}/app.db", {"LEDGER_URL": ledger.url}

        def locking(parts: Parts) -> Parts:
            act = getattr(parts, after)

            def act_and_lock(*arguments: object) -> object:
                result = act(*arguments)
                holder.execute("BEGIN IMMEDIATE")
                return result

            return changed(**{after: act_and_lock})(parts)

        client = InProcess(create_app({"DATABASE_URL": f"sqlite:///{url}", **environ}, change=locking))
        client.get("/readyz")
        holder = sqlite3.connect(url, isolation_level=None, check_same_thread=False)
        began = time.monotonic()
        reply = client.post(V2, path="/v2/batches", X_Request_Timeout_Ms="1000")
        took = time.monotonic() - began
        holder.close()
    assert reply.problem == (503, "storage-unavailable")
    assert took < 1.2 + NOISE


def changed(**parts: object) -> Callable[[Parts], Parts]:
    """Put other parts in place of the standard ones."""
    return lambda standard: replace(standard, **parts)  # type: ignore[arg-type]
