"""For each kind of fault: what the caller sees on the wire, and what the history says."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import cast

import pytest

from harness.doubles import fault_kinds, fault_problem
from harness.model.events import CallEnded, CallReceived, Effect, FaultArmed, FaultCleared, FaultFired, Happening
from harness.model.faults import Fault, Landed

from .stage import BODY, JSON, Stage, answered, get, post, to_the_end, until

NONE, WHOLE = Landed.NONE, Landed.WHOLE
CUT = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n" + b'{"n"'
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
HALF_HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nCo"
CLOSE = b"Connection: close\r\n\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n" + CLOSE
PORTAL = b"<!doctype html><title>Maintenance</title><p>We are back soon. Please sign in to continue."
HTML = b"<!doctype html><title>Welcome</title><p>Please sign in to continue."
CREATED = answered("201 Created", b'{"n": 1}', JSON)

MALFORMED = "answered with a malformed body"
AS_RECORDED = "answered as recorded"
BODIES: tuple[tuple[Mapping[str, float | str], tuple[bytes, str]], ...] = (
    ({}, (b'{"n"', JSON)),
    ({"body": "html"}, (HTML, "Content-Type: text/html; charset=utf-8")),
    ({"body": "empty"}, (b"", JSON)),
    ({"body": "null"}, (b"null", JSON)),
    ({"body": "list"}, (b'[{"n": 1}]', JSON)),
    ({"body": "cut-json"}, (b'{"n"', JSON)),
    ({"body": "nan"}, (b'{"n": NaN}', JSON)),
    ({"body": "missing-field"}, (b"{}", JSON)),
    ({"body": "wrong-type"}, (b'{"n": [1]}', JSON)),
)
RECORDED: tuple[tuple[Mapping[str, float | str], tuple[bytes, str], Landed, int, str], ...] = (
    ({}, (answered("200 OK", b""), "closed"), WHOLE, 200, AS_RECORDED),
    (
        {"status": 409, "headers": f"{JSON}\nX-A: 1\nX-A: 2", "body": '{"of": "7"}'},
        (answered("409 Conflict", b'{"of": "7"}', JSON, "X-A: 1", "X-A: 2"), "closed"),
        NONE,
        409,
        AS_RECORDED,
    ),
    (
        {"status": 201, "body": "base64:/wBi"},
        (answered("201 Created", b"\xff\0b"), "closed"),
        WHOLE,
        201,
        AS_RECORDED,
    ),
    (
        {"status": 201, "headers": f"{JSON}\nContent-Length: 8", "body": '{"n"'},
        (CUT, "closed"),
        WHOLE,
        0,
        "cut as recorded",
    ),
    (
        {"status": 201, "headers": f"{JSON}\nTransfer-Encoding: chunked", "body": '{"n": 1}'},
        (HEAD + b'Transfer-Encoding: chunked\r\n\r\n8\r\n{"n": 1}\r\n', "closed"),
        WHOLE,
        0,
        "cut as recorded",
    ),
)
"""Settings of ``as-recorded``, what the caller sees, and what the history says."""
SEEN: tuple[tuple[str, Mapping[str, float | str], Landed | None, tuple[bytes, str], Landed, int, str], ...] = (
    ("reset", {}, None, (b"", "reset"), NONE, 0, "reset"),
    ("closed", {}, None, (b"", "closed"), NONE, 0, "closed without an answer"),
    ("closed", {}, WHOLE, (b"", "closed"), WHOLE, 0, "closed without an answer"),
    ("reply-lost", {}, None, (b"", "closed"), WHOLE, 0, "closed after the effect, without an answer"),
    ("truncated", {}, None, (CUT, "closed"), WHOLE, 0, "cut short"),
    ("cut-head", {}, None, (HALF_HEAD, "closed"), WHOLE, 0, "cut inside its header block"),
    ("cut-head", {}, NONE, (HALF_HEAD, "closed"), NONE, 0, "cut inside its header block"),
    ("cut-unframed", {}, None, (HEAD + CLOSE + b'{"n"', "closed"), WHOLE, 0, "cut short, without a length"),
    ("broken-chunks", {}, None, (CHUNKED + b'8\r\n{"n": 1}\r\n', "closed"), WHOLE, 0, "chunked wrongly"),
    (
        "broken-chunks",
        {"chunks": "bad-size"},
        None,
        (CHUNKED + b'zz\r\n{"n": 1}\r\n0\r\n\r\n', "closed"),
        WHOLE,
        0,
        "chunked wrongly",
    ),
    (
        "portal",
        {},
        None,
        (answered("200 OK", PORTAL, "Content-Type: text/html; charset=utf-8"), "closed"),
        NONE,
        200,
        "answered with a page of a portal",
    ),
    (
        "redirect",
        {},
        None,
        (answered("302 Found", b"", "Location: /elsewhere"), "closed"),
        NONE,
        302,
        "redirected",
    ),
    (
        "redirect",
        {"to": ""},
        None,
        (answered("302 Found", b"", "Location: /entries"), "closed"),
        NONE,
        302,
        "redirected",
    ),
    (
        "status",
        {},
        None,
        (answered("503 Service Unavailable", b'{"error": "injected 503"}', JSON), "closed"),
        NONE,
        503,
        "answered with the status asked",
    ),
    (
        "status",
        {"code": 429, "retry_after": "1e9"},
        None,
        (answered("429 Too Many Requests", b'{"error": "injected 429"}', "Retry-After: 1e9", JSON), "closed"),
        NONE,
        429,
        "answered with the status asked",
    ),
    (
        "status",
        {"code": 599, "retry_after": 3.0},
        WHOLE,
        (answered("599 Unknown", b'{"error": "injected 599"}', "Retry-After: 3", JSON), "closed"),
        WHOLE,
        599,
        "answered with the status asked",
    ),
    *(("as-recorded", settings, None, seen, landed, status, how) for settings, seen, landed, status, how in RECORDED),
    ("as-recorded", {"status": 504}, WHOLE, (answered("504 Gateway Timeout", b""), "closed"), WHOLE, 504, AS_RECORDED),
    *(
        ("malformed-body", settings, None, (answered("201 Created", *body), "closed"), WHOLE, 201, MALFORMED)
        for settings, body in BODIES
    ),
)


def _received(call_id: int = 1) -> CallReceived:
    fields = ("Host", "ledger"), ("Idempotency-Key", "k1"), ("Connection", "close"), ("Content-Length", str(len(BODY)))
    return CallReceived(
        dependency="ledger",
        call_id=call_id,
        call="POST /entries",
        method="POST",
        target="/entries",
        headers=fields,
        body=BODY,
    )


def _effects(landed: Landed) -> list[Happening]:
    effect = Effect(dependency="ledger", call_id=1, call="POST /entries", key="k1", new=True)
    return [effect] if landed is WHOLE else []


@pytest.mark.parametrize(("kind", "settings", "override", "seen", "landed", "status", "how"), SEEN)
def test_each_fault_is_what_it_says_on_the_wire_and_in_the_history(
    stage: Stage,
    kind: str,
    settings: Mapping[str, float | str],
    override: Landed | None,
    seen: tuple[bytes, str],
    landed: Landed,
    status: int,
    how: str,
) -> None:
    """The caller sees exactly the fault, and the history tells arming, call, effect, firing, end and clearing in order."""
    fault = stage.arm(kind, settings, landed=override)
    assert stage.ask(post()) == seen
    stage.double.clear(fault.id)
    fired = FaultFired(fault=fault.id, dependency="ledger", fault_kind=kind, call_id=1, landed=landed)
    assert stage.told() == [
        FaultArmed(fault=fault),
        _received(),
        *_effects(landed),
        fired,
        CallEnded(dependency="ledger", call_id=1, status=status, how=how),
        FaultCleared(fault=fault.id, fired=1),
    ]


@pytest.mark.parametrize("kind", sorted(set(fault_kinds()) - {"refused", "no-answer"}))
def test_a_cleared_fault_leaves_the_dependency_as_it_was(stage: Stage, kind: str) -> None:
    """After clearing, the next call is answered normally."""
    fault = stage.arm(kind)
    stage.double.clear(fault.id)
    assert stage.ask(post()) == (CREATED, "closed")


def test_a_late_answer_comes_whole_and_never_early(stage: Stage) -> None:
    """The effect lands at arrival, the answer comes after the delay, and what was got is at least what was asked."""
    fault = stage.arm("late", {"delay": 0.2})
    begun = time.monotonic()
    assert stage.ask(post()) == (CREATED, "closed")
    took = time.monotonic() - begun
    stage.double.clear(fault.id)
    effect, fired = stage.recorder.events[2], stage.recorder.events[3]
    got = cast("FaultFired", fired.what).got
    assert 0.2 <= got <= took
    assert fired.at - effect.at >= 190_000_000
    assert stage.told() == [
        FaultArmed(fault=fault),
        _received(),
        *_effects(WHOLE),
        FaultFired(fault=fault.id, dependency="ledger", fault_kind="late", call_id=1, landed=WHOLE, asked=0.2, got=got),
        CallEnded(dependency="ledger", call_id=1, status=201, how="answered late"),
        FaultCleared(fault=fault.id, fired=1),
    ]


def test_a_recorded_answer_comes_after_the_time_that_it_took(stage: Stage) -> None:
    """The delay is that of a late answer: counted from the call, never short, written as asked and got."""
    stage.arm("as-recorded", {"status": 201, "headers": JSON, "body": '{"n": 1}', "delay": 0.2})
    begun = time.monotonic()
    assert stage.ask(post()) == (CREATED, "closed")
    took = time.monotonic() - begun
    (fired,) = cast("list[FaultFired]", stage.told(FaultFired))
    assert (fired.asked, 0.2 <= fired.got <= took, fired.evidence) == (0.2, True, "")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"status": 99}, "'status' is a whole number from 200 to 999, not '99'"),
        ({"status": 204, "body": "a"}, "an answer of status 204 carries no body: leave 'body' out"),
        ({"headers": "X"}, "'headers' holds lines of the form 'Name: value', one byte a character, not 'X'"),
        (
            {"headers": "X: \u20ac"},
            "'headers' holds lines of the form 'Name: value', one byte a character, not 'X: \u20ac'",
        ),
        (
            {"headers": "Content-Length: 3", "body": "abc"},
            "a Content-Length says that the answer was cut, so it is more than 3, not '3'",
        ),
        ({"body": "base64:%"}, "'body' begins with 'base64:', but what follows is not base64: "),
    ],
)
def test_what_is_no_answer_cannot_be_recorded(settings: Mapping[str, float | str], told: str) -> None:
    """Settings that no dependency can have answered with are refused before a run begins, and the sentence says why."""
    fault = Fault(id="f", dependency="ledger", kind="as-recorded", settings=settings)
    assert told in fault_problem(fault)


@pytest.mark.parametrize(("part", "apart"), [("body", b"{"), ("head", b"HTTP/1.1 201 Created\r\n")])
def test_a_drip_is_whole_and_has_no_long_gap(stage: Stage, part: str, apart: bytes) -> None:
    """The answer is the normal one; its part comes in pieces over the delay, each gap far below the whole."""
    fault = stage.arm("drip", {"part": part, "delay": 0.6})
    begun, came = time.monotonic(), [(0.0, b"")]
    with stage.connect() as connection:
        connection.sendall(post())
        while data := connection.recv(65536):
            came.append((time.monotonic() - begun, data))
    stage.double.clear(fault.id)
    assert b"".join(data for _, data in came) == CREATED
    moments = [at for at, _ in came]
    assert moments[-1] >= 0.6
    assert max(later - earlier for earlier, later in pairwise(moments)) < 0.4
    assert len(came) >= 5
    (fired,) = cast("list[FaultFired]", stage.told(FaultFired))
    assert (fired.asked, fired.got >= 0.6, fired.evidence) == (0.6, True, "")
    assert stage.told(Effect, CallEnded) == [
        *_effects(WHOLE),
        CallEnded(dependency="ledger", call_id=1, status=201, how="dripped"),
    ]


def test_a_drip_that_is_cleared_ends_whole_at_once(stage: Stage) -> None:
    """What is left of a drip comes at once when it is cleared, and the evidence says that the time was cut."""
    fault = stage.arm("drip", {"delay": 30.0})
    seen: list[tuple[bytes, str]] = []
    caller = threading.Thread(target=lambda: seen.append(stage.ask(post())))
    caller.start()
    until(lambda: len(stage.told(Effect)) == 1)
    stage.double.clear(fault.id)
    caller.join(10)
    assert seen == [(CREATED, "closed")]
    assert cast("FaultFired", stage.told(FaultFired)[0]).evidence == "the fault was cleared"


def test_a_flood_never_ends_by_itself_and_waits_for_its_reader(stage: Stage) -> None:
    """Chunks of white space come for as long as they are read; the end is the caller's hanging up."""
    fault = stage.arm("flood")
    with stage.connect() as connection:
        connection.sendall(post())
        received = b""
        while len(received) < 4 * 1024 * 1024:
            received += connection.recv(1024 * 1024)
    until(lambda: stage.double.open_calls() == 0)
    stage.double.clear(fault.id)
    assert received.startswith(CHUNKED + b"10000\r\n" + b" " * 0x10000 + b"\r\n10000\r\n")
    assert stage.told(Effect, CallEnded) == [
        *_effects(WHOLE),
        CallEnded(dependency="ledger", call_id=1, how="the caller hung up"),
    ]


def test_a_large_head_is_legal_and_large(stage: Stage) -> None:
    """The body and its framing are the normal ones, under a field of 70 kB and 200 others."""
    stage.arm("large-head")
    head, _, body = stage.ask(post())[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert (body, len(lines), max(map(len, lines))) == (b'{"n": 1}', 205, 70_008)


def test_where_a_redirect_leads_waits_what_was_asked_for(stage: Stage) -> None:
    """Who follows finds 200 and the first call's answer, though nothing was done."""
    stage.arm("redirect", call="")
    assert [stage.ask(post())[0][:18], stage.ask(get("/elsewhere"))[0]] == [
        b"HTTP/1.1 302 Found",
        answered("200 OK", b'{"n": 1}', JSON),
    ]
    assert stage.told(Effect) == []


def _without_time(told: list[Happening]) -> list[Happening]:
    return [replace(what, got=0.0) if isinstance(what, FaultFired) else what for what in told]


@pytest.mark.parametrize(
    ("kind", "settings", "landed", "asked"),
    [("late", {"delay": 30.0}, WHOLE, 30.0), ("no-answer", {}, NONE, 0.0)],
)
def test_a_caller_that_gives_up_ends_the_call(
    stage: Stage, kind: str, settings: Mapping[str, float | str], landed: Landed, asked: float
) -> None:
    """A held call ends when its caller hangs up: nothing stays open at the double, and the history says who ended it."""
    fault = stage.arm(kind, settings)
    with stage.connect() as connection:
        connection.sendall(post())
        until(lambda: stage.double.open_calls() == 1 and len(stage.told(CallReceived)) == 1)
    until(lambda: stage.double.open_calls() == 0)
    stage.double.clear(fault.id)
    evidence = "the caller hung up" if kind == "late" else ""
    assert _without_time(stage.told(Effect, FaultFired, CallEnded, FaultCleared)) == [
        *_effects(landed),
        FaultFired(
            fault=fault.id,
            dependency="ledger",
            fault_kind=kind,
            call_id=1,
            landed=landed,
            asked=asked,
            evidence=evidence,
        ),
        CallEnded(dependency="ledger", call_id=1, how="the caller hung up"),
        FaultCleared(fault=fault.id, fired=1),
    ]


def test_clearing_releases_every_call_that_no_answer_holds(stage: Stage) -> None:
    """Held callers are closed without a byte when the fault is cleared, and clear() returns after their ends are written."""
    fault = stage.arm("no-answer")
    connections = [stage.connect() for _ in range(5)]
    for number, connection in enumerate(connections):
        connection.sendall(post(f"k{number}"))
    until(lambda: len(stage.told(FaultFired)) == 5)
    assert stage.double.open_calls() == 5
    stage.double.clear(fault.id)
    assert stage.double.open_calls() == 0
    ends = stage.told(CallEnded, FaultCleared, Effect)
    assert [to_the_end(connection) for connection in connections] == [(b"", "closed")] * 5
    how = "never answered, closed when cleared"
    assert sorted(map(str, ends[:-1])) == sorted(
        str(CallEnded(dependency="ledger", call_id=n, how=how)) for n in range(1, 6)
    )
    assert ends[-1] == FaultCleared(fault=fault.id, fired=5)
    for connection in connections:
        connection.close()


def test_clearing_a_late_answer_sends_it_at_once_and_says_that_the_time_was_not_served(stage: Stage) -> None:
    """A delay cut by clearing is no proof of slowness: got falls short of asked, and the evidence says why."""
    fault = stage.arm("late", {"delay": 30.0})
    seen: list[tuple[bytes, str]] = []
    caller = threading.Thread(target=lambda: seen.append(stage.ask(post())))
    caller.start()
    until(lambda: len(stage.told(Effect)) == 1)
    stage.double.clear(fault.id)
    caller.join(10)
    assert seen == [(CREATED, "closed")]
    fired = cast("FaultFired", stage.told(FaultFired)[0])
    assert (fired.asked, fired.got < 30.0, fired.evidence) == (30.0, True, "the fault was cleared")


def test_a_held_call_is_answered_as_ever_when_its_gate_opens(stage: Stage) -> None:
    """The effect lands and the strike is told at once; the answer comes whole when the fault is cleared."""
    fault = stage.arm("held", times=1)
    seen: list[tuple[bytes, str]] = []
    caller = threading.Thread(target=lambda: seen.append(stage.ask(post())))
    caller.start()
    until(lambda: stage.double.struck(fault.id) == 1 and len(stage.told(FaultFired)) == 1)
    assert (seen, stage.double.open_calls()) == ([], 1)
    stage.double.clear(fault.id)
    caller.join(10)
    assert (seen, stage.double.struck(fault.id)) == ([(CREATED, "closed")], 0)
    assert stage.told(Effect, CallEnded) == [
        *_effects(WHOLE),
        CallEnded(dependency="ledger", call_id=1, status=201, how="held, answered when cleared"),
    ]


def test_a_fault_at_an_answer_without_a_body_still_shows(stage: Stage) -> None:
    """A 204 has no body to cut or to malform, so a 200 stands in its place."""
    tick = b"POST /ticks/a HTTP/1.1\r\nHost: ledger\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    stage.arm("truncated", call="POST /ticks/{name}", times=1)
    stage.arm("malformed-body", call="POST /ticks/{name}")
    assert [stage.ask(tick), stage.ask(tick)] == [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "closed"),
        (answered("200 OK", b"{", JSON), "closed"),
    ]


def test_every_kind_is_named_as_its_file() -> None:
    """The kinds that scenarios may name are exactly these."""
    assert list(fault_kinds()) == [
        "as-recorded",
        "broken-chunks",
        "closed",
        "cut-head",
        "cut-unframed",
        "drip",
        "flood",
        "held",
        "large-head",
        "late",
        "malformed-body",
        "no-answer",
        "portal",
        "redirect",
        "refused",
        "reply-lost",
        "reset",
        "status",
        "truncated",
    ]
