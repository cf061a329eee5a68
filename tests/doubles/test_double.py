"""The life of a double: connections, occurrence of faults, many callers, and nothing left behind."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.clock import SystemClock
from harness.doubles import Double, fault_problem
from harness.doubles.faults.closed import close
from harness.doubles.kinds import FaultKind
from harness.history.memory import MemoryRecorder
from harness.model.errors import HarnessBug, ScenarioError
from harness.model.events import CallEnded, CallReceived, Effect, Event, FaultCleared, FaultFired, Happening
from harness.model.faults import Fault, Landed

from .stage import BODY, JSON, LEDGER, Stage, answered, get, post, staged, to_the_end, until


class _FullDisk:
    """A recorder that cannot write."""

    def record(self, source: str, what: Happening, at: int | None = None) -> Event:
        raise OSError(f"no space for {source}, {what.kind}, {at}")


def _statuses(stage: Stage, count: int) -> list[int]:
    return [int(stage.ask(post(f"k{n}"))[0].split(b" ")[1]) for n in range(count)]


@pytest.mark.parametrize(
    ("first", "times", "statuses"),
    [
        (1, 0, [503, 503, 503, 503]),
        (1, 1, [503, 201, 201, 201]),
        (3, 1, [201, 201, 503, 201]),
        (2, 2, [201, 503, 503, 201]),
        (3, 0, [201, 201, 503, 503]),
        (9, 1, [201, 201, 201, 201]),
    ],
)
def test_a_fault_strikes_exactly_the_calls_asked_for(stage: Stage, first: int, times: int, statuses: list[int]) -> None:
    """Matching calls count from arming; other calls do not count and are not struck."""
    fault = stage.arm("status", first=first, times=times)
    stage.ask(get("/rates"))
    assert _statuses(stage, 4) == statuses
    stage.double.clear(fault.id)
    struck = [n + 2 for n, status in enumerate(statuses) if status == 503]
    assert stage.told(FaultFired, FaultCleared) == [
        *(FaultFired(fault=fault.id, dependency="ledger", fault_kind="status", call_id=n) for n in struck),
        FaultCleared(fault=fault.id, fired=len(struck)),
    ]


def test_of_two_faults_on_a_call_the_first_armed_strikes(stage: Stage) -> None:
    """The later one strikes what the earlier one leaves, and a fault for any call strikes reads too."""
    stage.arm("status", {"code": 500}, times=1)
    stage.arm("closed", call="", times=2)
    seen = [stage.ask(data)[0][:12] for data in (post(), get("/rates"), post(), post())]
    assert seen == [b"HTTP/1.1 500", b"", b"", b"HTTP/1.1 201"]
    stage.double.clear_all()
    cleared = [FaultCleared(fault="the-status", fired=1), FaultCleared(fault="the-closed", fired=2)]
    assert stage.told(FaultCleared) == cleared


def test_nothing_lands_at_a_call_that_nobody_declared(stage: Stage) -> None:
    """A fault of a kind that lands says that nothing landed where there is nothing to land."""
    stage.arm("reply-lost", call="")
    assert stage.ask(get("/nowhere")) == (b"", "closed")
    fired = FaultFired(
        fault="the-reply-lost", dependency="ledger", fault_kind="reply-lost", call_id=1, landed=Landed.NONE
    )
    assert stage.told(Effect, FaultFired) == [fired]


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault(id="f", dependency="ledger", kind="lat"), "there is no fault kind 'lat'; did you mean 'late'?"),
        (
            Fault(id="f", dependency="ledger", kind="late", settings={"dely": 1.0}),
            "'late' has no setting 'dely'; did you mean 'delay'?",
        ),
        (
            Fault(id="f", dependency="ledger", kind="reset", settings={"x": 1.0}),
            "'reset' has no setting 'x'; known are none",
        ),
        (
            Fault(id="f", dependency="ledger", kind="late", settings={"delay": -1.0}),
            "'delay' of 'late' is a number from 0 up, not '-1.0'",
        ),
        (
            Fault(id="f", dependency="ledger", kind="status", settings={"code": 101}),
            "'code' of 'status' is a whole number from 200 to 999, not 101",
        ),
        (
            Fault(id="f", dependency="ledger", kind="malformed-body", settings={"body": "xml"}),
            "'body' of 'malformed-body' is one of cut-json, empty, html, list, missing-field, nan, null, wrong-type, not 'xml'",
        ),
        (
            Fault(id="f", dependency="ledger", kind="refused", times=1),
            "'refused' keeps every call from arriving: it takes neither call, first, times nor landed",
        ),
        (Fault(id="f", dependency="other", kind="late"), "it is for the dependency 'other', not for 'ledger'"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_and_says_why(stage: Stage, fault: Fault, problem: str) -> None:
    """Nothing is armed, and the message names what is wrong and what would be right."""
    assert fault_problem(fault) == ("" if fault.dependency == "other" else problem)
    with pytest.raises(ScenarioError) as refused:
        stage.double.arm(fault)
    assert (str(refused.value.problems[0].message), stage.told()) == (problem, [])


def test_a_fault_is_armed_once_and_cleared_once(stage: Stage) -> None:
    """Arming twice is the scenario's fault, clearing what is not armed a KeyError."""
    fault = stage.arm("late")
    with pytest.raises(ScenarioError, match="armed already"):
        stage.double.arm(fault)
    stage.double.clear(fault.id)
    with pytest.raises(KeyError):
        stage.double.clear(fault.id)


def test_calls_on_one_connection_are_answered_in_order(stage: Stage) -> None:
    """A pipeline of calls, one of them held by a fault, comes back whole and in the order sent."""
    stage.arm("late", {"delay": 0.05}, first=2, times=1)
    with stage.connect() as connection:
        connection.sendall(post("k1", more=b"") + post("k2", more=b"") + post("k3"))
        received = to_the_end(connection)
    one, two, three = (answered("201 Created", b'{"n": %d}' % n, JSON) for n in (1, 2, 3))
    kept = (one + two).replace(b"Connection: close\r\n", b"")
    assert received == (kept + three, "closed")
    assert [e.call_id for e in stage.told(CallEnded) if isinstance(e, CallEnded)] == [1, 2, 3]


def test_a_long_pipeline_is_answered_whole(stage: Stage) -> None:
    """Five hundred calls in one go are five hundred answers."""
    with stage.connect() as connection:
        connection.sendall(b"".join(post(f"k{n}", more=b"") for n in range(499)) + post("last"))
        received, ending = to_the_end(connection)
    assert (received.count(b"HTTP/1.1 201 Created"), ending) == (500, "closed")


def test_a_chunked_body_is_read_and_leave_to_continue_is_given(stage: Stage) -> None:
    """Both framings of RFC 9112 are understood, and Expect: 100-continue is answered."""
    head = b"POST /entries HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\nConnection: close\r\n"
    with stage.connect() as connection:
        connection.sendall(head + b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
        leave = connection.recv(65536)
        connection.sendall(b'5\r\n{"amo\r\n8\r\nunt": 7}\r\n0\r\n\r\n')
        received = to_the_end(connection)
    assert (leave, received) == (
        b"HTTP/1.1 100 Continue\r\n\r\n",
        (answered("201 Created", b'{"n": 1}', JSON), "closed"),
    )
    assert [call.body for call in stage.told(CallReceived) if isinstance(call, CallReceived)] == [BODY]


def test_bytes_that_are_not_http_are_told_as_they_came(stage: Stage) -> None:
    """A service that talks nonsense to its dependency gets a 400, and the history keeps the nonsense."""
    assert stage.ask(b"\x16\x03\x01hello\r\n\r\n") == (
        answered("400 Bad Request", b'{"error": "not HTTP/1.1"}', JSON),
        "closed",
    )
    received, ended = stage.told()
    assert received == CallReceived(
        dependency="ledger", call_id=1, call="", method="", target="", headers=(), body=b"\x16\x03\x01hello\r\n\r\n"
    )
    assert isinstance(ended, CallEnded)
    assert (ended.status, ended.how.partition(":")[0]) == (400, "not HTTP/1.1")


def test_an_offer_to_upgrade_is_ignored(stage: Stage) -> None:
    """A client that offers h2c is answered in HTTP/1.1."""
    upgrade = b"GET /rates HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n"
    assert stage.ask(upgrade) == (answered("200 OK", b"[1, 2]", JSON), "closed")


def test_an_answer_to_head_has_no_body(stage: Stage) -> None:
    """HEAD gets the header block alone (RFC 9110, section 9.3.2)."""
    received, _ = stage.ask(get("/rates", method="HEAD"))
    assert received.startswith(b"HTTP/1.1 404 ")
    assert received.endswith(b"\r\n\r\n")


def test_a_call_that_is_still_being_read_is_open(stage: Stage) -> None:
    """Half a call counts as open until it is whole or its caller is gone; it is no call in the history."""
    with stage.connect() as connection:
        connection.sendall(post()[:-3])
        until(lambda: stage.double.open_calls() == 1)
    until(lambda: stage.double.open_calls() == 0)
    assert stage.told() == []


def test_activity_moves_with_bytes_and_rests_without(stage: Stage) -> None:
    """The last activity is the time of the last thing that moved, on the machine's monotonic clock."""
    begun = time.monotonic_ns()
    stage.ask(post())
    until(lambda: not stage.double.open_calls())
    moved = stage.double.last_activity()
    assert begun <= moved <= time.monotonic_ns()


def test_many_callers_at_once_are_kept_apart(stage: Stage) -> None:
    """Sixteen callers with sixteen keys and two calls each: thirty-two calls, sixteen effects, each caller its own answer."""
    stage.arm("late", {"delay": 0.05})
    with ThreadPoolExecutor(16) as pool:
        first, again = (list(pool.map(stage.ask, [post(f"k{n}") for n in range(16)])) for _ in range(2))
    effects = [e for e in stage.told(Effect) if isinstance(e, Effect)]
    assert (len(stage.told(CallReceived)), len(stage.told(CallEnded)), first) == (32, 32, again)
    assert len(set(first)) == 16
    assert sorted((e.key or "", not e.new) for e in effects) == sorted(
        (f"k{n}", r) for n in range(16) for r in (False, True)
    )
    assert all(fired.got >= 0.05 for fired in stage.told(FaultFired) if isinstance(fired, FaultFired))


def test_the_same_key_at_the_same_instant_is_one_effect(stage: Stage) -> None:
    """Concurrent calls under one key land once, whoever comes first."""
    with ThreadPoolExecutor(16) as pool:
        seen = set(pool.map(stage.ask, [post("k")] * 16))
    new = [e.new for e in stage.told(Effect) if isinstance(e, Effect)]
    assert (len(seen), new) == (1, [True] + [False] * 15)


def test_a_thousand_calls_on_kept_connections_lose_nothing(stage: Stage) -> None:
    """Four kept connections carry a thousand calls at more than two hundred a second; each is told whole."""

    def caller(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", stage.port, timeout=10)
        for call in range(250):
            connection.request("POST", "/entries", BODY, {"Idempotency-Key": f"{number}-{call}"})
            answer = connection.getresponse()
            assert (answer.status, answer.read()[:6]) == (201, b'{"n": ')
        connection.close()

    begun = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(caller, range(4)))
    took = time.monotonic() - begun
    counts = [len(stage.told(kind)) for kind in (CallReceived, Effect, CallEnded)]
    assert (counts, took < 5.0) == ([1000] * 3, True)


def test_stop_leaves_no_thread_and_no_open_port() -> None:
    """After stop, connections are gone, held calls are ended, the thread is over and the port is free; stop can be repeated."""
    before = {thread.ident for thread in threading.enumerate()}
    with staged() as stage:
        held, idle = stage.connect(), stage.connect()
        fault = stage.arm("no-answer")
        held.sendall(post())
        until(lambda: len(stage.told(FaultFired)) == 1)
        stage.double.stop()
        stage.double.stop()
        assert (to_the_end(held)[0], to_the_end(idle)[0]) == (b"", b"")
        held.close()
        idle.close()
        assert stage.told(CallEnded, FaultCleared) == [
            CallEnded(dependency="ledger", call_id=1, how="never answered, closed when cleared"),
            FaultCleared(fault=fault.id, fired=1),
        ]
        with pytest.raises(ConnectionRefusedError):
            stage.connect()
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a connection of ours may lie in TIME_WAIT
            again.bind(("127.0.0.1", stage.port))
            again.listen()
        assert stage.double.open_calls() == 0
    assert {thread.ident for thread in threading.enumerate()} <= before


def test_a_stopped_double_has_no_address() -> None:
    """What is asked of a double that does not run is a bug of the harness, and says so."""
    double = Double(LEDGER, recorder=MemoryRecorder(), clock=SystemClock(), salt="s")
    with pytest.raises(HarnessBug, match="no address"):
        assert double.url
    with pytest.raises(HarnessBug, match="not running"):
        double.forget()


def test_a_double_that_broke_does_not_stay_silent() -> None:
    """An error inside the double ends its call and is raised when it stops: what it recorded cannot be trusted."""
    double = Double(LEDGER, recorder=_FullDisk(), clock=SystemClock(), salt="s")
    double.start()
    with socket.create_connection(("127.0.0.1", int(double.url.rpartition(":")[2])), timeout=10) as connection:
        connection.sendall(post())
        assert to_the_end(connection)[0] == b""
    with pytest.raises(HarnessBug, match="no space for double:ledger, call-received"):
        double.stop()


def test_a_kind_does_exactly_one_thing() -> None:
    """A kind that strikes nothing cannot be declared."""
    with pytest.raises(ValueError, match="either strike a call or stand at the door"):
        FaultKind(name="idle", doc="Does nothing.")


@pytest.mark.parametrize("settings", [{}, {"delay": "long"}])
def test_a_kind_of_which_a_duration_is_no_number_cannot_be_defined(settings: dict[str, float | str]) -> None:
    """What a scenario writes with a unit has to be seconds."""
    with pytest.raises(ValueError, match="no number of seconds called delay"):
        FaultKind(name="slow", doc="", settings=settings, durations=frozenset({"delay"}), strike=close)
