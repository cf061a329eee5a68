"""Both directions of a connection, told as requests and what came of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.model.messages import Silence
from harness.recorder.turns import Purse, Tape

GET = b"GET / HTTP/1.1\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HALF = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
Told = tuple[str, int, bytes, Silence | None, float]


def _tape() -> Tape:
    return Tape(Purse(1 << 20))


def _told(tape: Tape) -> list[Told]:
    return [
        (
            turn.request.method,
            turn.answer.status if turn.answer else 0,
            turn.answer.body if turn.answer else b"",
            turn.silence,
            turn.ended,
        )
        for turn in tape.turns
    ]


def test_a_pipeline_is_answered_in_its_order() -> None:
    """The first answer is that of the first request; HEAD has none of the body that its length speaks of."""
    tape = _tape()
    tape.asked(GET + HEAD + GET, 1.0)
    tape.answered(b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK, 2.0)
    tape.answered(OK[:-2] + OK, 3.0)
    assert _told(tape) == [
        ("GET", 200, b"ok", None, 2.0),
        ("HEAD", 200, b"", None, 3.0),
        ("GET", 200, b"ok", None, 3.0),
    ]


@pytest.mark.parametrize(
    ("end", "silence"),
    [
        (lambda tape: tape.answered_all(5.0), Silence.CLOSED),
        (lambda tape: tape.other_gone(Silence.RESET, 5.0), Silence.RESET),
        (lambda tape: tape.other_gone(Silence.REFUSED, 5.0), Silence.REFUSED),
        (lambda tape: tape.caller_gone(5.0), Silence.ABANDONED),
    ],
)
def test_a_request_without_an_answer_says_why(end: Callable[[Tape], None], silence: Silence) -> None:
    """Whoever ended the connection is the reason, at the time of that."""
    tape = _tape()
    tape.asked(GET, 1.0)
    end(tape)
    assert (_told(tape), tape.open) == ([("GET", 0, b"", silence, 5.0)], False)


def test_a_cut_answer_is_an_answer() -> None:
    """What came of it is there, and that it is not whole."""
    tape = _tape()
    tape.asked(GET, 1.0)
    tape.answered(HALF, 2.0)
    tape.answered_all(5.0)
    (turn,) = tape.turns
    assert turn.answer is not None
    assert (_told(tape), turn.answer.complete) == ([("GET", 200, b"half", None, 2.0)], False)


def test_a_caller_that_only_ended_its_direction_reads_its_answer() -> None:
    """FIN is no farewell by itself."""
    tape = _tape()
    tape.asked(GET, 1.0)
    tape.asked_all(2.0)
    tape.answered(OK, 3.0)
    assert (_told(tape), tape.turns[0].half_closed) == ([("GET", 200, b"ok", None, 3.0)], True)


def test_a_caller_that_was_gone_left_when_its_direction_ended() -> None:
    """An answer that met nobody is none; the request was abandoned, at the time of the FIN."""
    tape = _tape()
    tape.asked(GET, 1.0)
    tape.asked_all(2.0)
    tape.answered(OK, 3.0)
    tape.caller_gone(3.1)
    assert (_told(tape), tape.turns[0].unread) == ([("GET", 0, b"", Silence.ABANDONED, 2.0)], True)


def test_a_caller_that_leaves_in_the_middle_of_an_answer_has_seen_its_beginning() -> None:
    """Its status is known to both: that is no silence, and the answer is not whole."""
    tape = _tape()
    tape.asked(GET, 1.0)
    tape.answered(HALF, 2.0)
    tape.caller_gone(3.0)
    (turn,) = tape.turns
    assert turn.answer is not None
    assert (_told(tape), turn.answer.complete) == ([("GET", 200, b"half", None, 2.0)], False)


def test_an_early_answer_does_not_hide_the_rest_of_its_request() -> None:
    """A service may refuse before it has read everything: both are there."""
    tape = _tape()
    tape.asked(b"POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc", 1.0)
    tape.answered(OK, 2.0)
    tape.asked(b"def", 3.0)
    assert (_told(tape), tape.turns[0].request.body) == ([("POST", 200, b"ok", None, 2.0)], b"abcdef")


def test_an_answer_to_nothing_is_counted() -> None:
    """What nobody asked for belongs to no request, and is no answer to the next."""
    tape = _tape()
    tape.answered(b"HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n", 1.0)
    tape.asked(GET, 2.0)
    assert (_told(tape), tape.strange) == ([("GET", 0, b"", None, 0.0)], 1)


def test_what_is_at_work_at_the_end_has_no_end() -> None:
    """The part of an answer that came by then is there."""
    tape = _tape()
    tape.asked(GET, 1.0)
    tape.answered(HALF, 2.0)
    tape.stopped()
    assert _told(tape) == [("GET", 200, b"half", None, 0.0)]


def test_a_purse_is_shared_by_all() -> None:
    """What may be kept in all is kept by whoever comes first, and that it was too little is known."""
    purse = Purse(len(GET) + 5)
    first, second = Tape(purse), Tape(purse)
    first.asked(GET, 1.0)
    second.asked(GET, 1.0)
    assert (first.turns[0].request.clipped, second.turns[0].request.clipped, purse.empty) == (False, True, True)
