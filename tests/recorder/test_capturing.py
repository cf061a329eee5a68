"""What the relays saw becomes a capture: exact where it can be, said where it cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.captures import SeenCall, SeenExchange
from harness.model.messages import HOST_PLACEHOLDER, Answer, Chunk, Ending, Request, Silence, Wire
from harness.model.wire import render
from harness.recorder.capturing import Seen, captured
from harness.recorder.turns import Purse, Tape

AUTHORITY = "127.0.0.1:8000"
HOST = b"Host: 127.0.0.1:8000\r\n"
POST = b"POST /things HTTP/1.1\r\n" + HOST + b"X-A: 1\r\nContent-Length: 3\r\n\r\nabc"
CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\nX-Request-Id: r-1\r\n\r\nmade"
ENTRY = b"POST /entries HTTP/1.1\r\nHost: ledger\r\nContent-Length: 2\r\n\r\n{}"


def _tape(*events: tuple[str, float, bytes]) -> Tape:
    """Return the tape of a connection: ``ask`` and ``answer`` with bytes, or a way to end it."""
    tape = Tape(Purse(1 << 20))
    for what, at, data in events:
        match what:
            case "ask":
                tape.asked(data, at)
            case "answer":
                tape.answered(data, at)
            case "fin":
                tape.asked_all(at)
            case "gone":
                tape.caller_gone(at)
            case silence:
                tape.other_gone(Silence(silence), at)
    return tape


def _seen(*front: Tape, **behind: Tape) -> Seen:
    return Seen(
        front=front,
        behind={name: [tape] for name, tape in behind.items()},
        authority=AUTHORITY,
        taken="2026-01-01T00:00:00+00:00",
        now=100.0,
    )


def test_an_exchange_is_told_with_its_calls_and_times() -> None:
    """Request, answer and call as they were, in seconds from the first one; framing is left to whoever sends again."""
    front = _tape(("ask", 10.0, POST), ("answer", 10.5, CREATED))
    ledger = _tape(("ask", 10.1, ENTRY), ("answer", 10.4, b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"))
    seen = replace(_seen(front, ledger=ledger), log=("r-1 came", "another line"))
    capture = captured(seen)
    made = Answer(
        status=201, reason="Created", headers=(("Content-Length", "4"), ("X-Request-Id", "r-1")), body=b"made"
    )
    entry = Answer(status=201, reason="Created", headers=(("Content-Length", "0"),))
    request = Request(method="POST", target="/entries", headers=(("Host", "ledger"),), body=b"{}")
    assert (capture.source, capture.taken, capture.losses) == ("record", "2026-01-01T00:00:00+00:00", ())
    assert capture.exchanges == (
        SeenExchange(
            name="r-1",
            message=Request(method="POST", target="/things", headers=(("X-A", "1"),), body=b"abc"),
            answer=made,
            took=0.5,
            calls=(SeenCall(dependency="ledger", request=request, answer=entry, at=0.1, took=0.3),),
            log=("r-1 came",),
        ),
    )


def test_a_plain_request_says_all_of_it() -> None:
    """Sent again by the harness's own client it has the bytes that it had, its framing at the end."""
    (exchange,) = captured(_seen(_tape(("ask", 1.0, POST), ("answer", 2.0, CREATED)))).exchanges
    assert isinstance(exchange.message, Request)
    assert render(exchange.message, AUTHORITY) == POST


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (
            [("ask", 1.0, POST[:30]), ("ask", 1.3, POST[30:]), ("answer", 2.0, CREATED)],
            Wire(
                chunks=(
                    Chunk(data=POST[:30]),
                    Chunk(data=POST[30:], pause=0.3),
                )
            ),
        ),
        (
            [("ask", 1.0, POST[:-1]), ("fin", 1.5, b""), ("answer", 2.0, CREATED)],
            Wire(chunks=(Chunk(data=POST[:-1]),), ending=Ending.HALF_CLOSE),
        ),
        ([("ask", 1.0, POST[:-1]), ("gone", 1.5, b"")], Wire(chunks=(Chunk(data=POST[:-1]),), ending=Ending.RESET)),
        (
            [("ask", 1.0, POST[:-1]), ("fin", 1.5, b""), ("gone", 1.6, b"")],
            Wire(chunks=(Chunk(data=POST[:-1]),), ending=Ending.CLOSE),
        ),
        (
            [("ask", 1.0, b"nonsense\r\n\r\nmore"), ("answer", 2.0, b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n")],
            Wire(chunks=(Chunk(data=b"nonsense\r\n\r\nmore"),)),
        ),
    ],
)
def test_what_no_request_can_say_is_told_in_its_bytes(events: list[tuple[str, float, bytes]], message: Wire) -> None:
    """A slow client, one that stops in the middle, one that leaves, and what is no HTTP keep bytes, pauses and ending."""
    mark = b"Host: " + HOST_PLACEHOLDER + b"\r\n"
    told = replace(
        message, chunks=tuple(replace(chunk, data=chunk.data.replace(HOST, mark)) for chunk in message.chunks)
    )
    (exchange,) = captured(_seen(_tape(*events))).exchanges
    assert exchange.message == told


def test_a_chunked_request_keeps_its_chunks() -> None:
    """Their sizes are bytes that somebody chose."""
    data = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"
    (exchange,) = captured(_seen(_tape(("ask", 1.0, data), ("answer", 2.0, CREATED)))).exchanges
    assert exchange.message == Wire(chunks=(Chunk(data=data),))


def test_a_client_that_left_is_told_with_when() -> None:
    """A whole request stays one; that nobody waited for its answer, and that there was one, is said."""
    tape = _tape(("ask", 1.0, POST), ("fin", 1.5, b""), ("answer", 2.0, CREATED), ("gone", 2.1, b""))
    capture = captured(_seen(tape))
    (exchange,) = capture.exchanges
    assert (exchange.message, exchange.answer, exchange.silence, exchange.took) == (
        Request(method="POST", target="/things", headers=(("X-A", "1"),), body=b"abc"),
        None,
        Silence.ABANDONED,
        0.5,
    )
    assert capture.losses == ("'request-1': the service answered it when its client was gone: that answer is not here",)


@pytest.mark.parametrize(
    ("event", "silence"),
    [("gone", Silence.TIMEOUT), ("closed", Silence.CLOSED), ("reset", Silence.RESET), ("refused", Silence.REFUSED)],
)
def test_a_call_without_an_answer_says_why(event: str, silence: Silence) -> None:
    """A service that hangs up on a dependency has waited long enough by its own bound."""
    ledger = _tape(("ask", 1.1, ENTRY), (event, 1.4, b""))
    (exchange,) = captured(_seen(_tape(("ask", 1.0, POST), ("answer", 2.0, CREATED)), ledger=ledger)).exchanges
    (call,) = exchange.calls
    assert (call.answer, call.silence, call.at, call.took) == (None, silence, 0.1, 0.3)


def test_what_cannot_be_told_is_said() -> None:
    """A call of nobody, an answer to nothing, what is at work at the end, and what is no request: a sentence each."""
    front = _tape(("ask", 10.0, POST))
    front.stopped()
    idle = _tape(("answer", 11.0, b"HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n"))
    ledger = _tape(("ask", 9.0, ENTRY), ("answer", 9.1, CREATED))
    garbled = _tape(("ask", 10.5, b"??\r\n\r\n"), ("closed", 10.6, b""))
    capture = captured(_seen(front, idle, ledger=ledger, rates=garbled))
    assert capture.losses == (
        "the service sent 1 answers to no request: they are not here",
        "'request-1': it was still at work when the recording ended",
        "'request-1': the call that is not HTTP to rates: it is no request that can be told",
        (
            "the call POST /entries to ledger at -1.000 s is not here: no request was at work alone, and no value in it "
            "tells which one it belongs to"
        ),
    )
    assert [exchange.calls for exchange in capture.exchanges] == [()]
