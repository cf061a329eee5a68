"""Repetition: how often, how far apart, and when not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, formatdate

import pytest

from sample_app.outbound.deadline import Deadline
from sample_app.outbound.failures import CallFailure, FailureKind
from sample_app.outbound.retry import Retries, retried
from sample_app.outbound.retry_after import LONGEST, read_retry_after
from tests.sample_app.clockwork import Clockwork

RETRIES = Retries(tries=4, safe=frozenset({"unavailable"}), first=0.1, longest=0.3)
Step = tuple[FailureKind, float | None] | str


def script(*steps: Step) -> Callable[[], str]:
    """Fail or answer, step by step; one step too many is an error of the test."""
    left: Iterator[Step] = iter(steps)

    def act() -> str:
        step = next(left)
        if isinstance(step, str):
            return step
        raise CallFailure(step[0], "scripted", retry_after=step[1])

    return act


DOWN: Step = ("unavailable", None)
CASES: dict[str, tuple[tuple[Step, ...], float, float, str, list[float]]] = {
    # name: steps, seconds of deadline, luck, what comes of it, the pauses
    "works at once": (("yes",), 9.0, 1.0, "yes", []),
    "works at the second try": ((DOWN, "yes"), 9.0, 1.0, "yes", [0.1]),
    "never works: pauses double up to their bound": ((DOWN,) * 4, 9.0, 1.0, "unavailable", [0.1, 0.2, 0.3]),
    "the jitter is full, down to nothing": ((DOWN,) * 4, 9.0, 0.0, "unavailable", [0.0, 0.0, 0.0]),
    "half the luck, half the pause": ((DOWN,) * 4, 9.0, 0.5, "unavailable", [0.05, 0.1, 0.15]),
    "not declared safe": ((("broken", None),), 9.0, 1.0, "broken", []),
    "safe first, then not": ((DOWN, ("late", None)), 9.0, 1.0, "late", [0.1]),
    "no pause beyond the deadline": ((DOWN, DOWN), 0.25, 1.0, "unavailable", [0.1]),
    "no try at the very end": ((DOWN,), 0.1, 1.0, "unavailable", []),
    "Retry-After is waited for": ((("unavailable", 2.0), "yes"), 9.0, 1.0, "yes", [2.1]),
    "Retry-After of nothing": ((("unavailable", 0.0), "yes"), 9.0, 1.0, "yes", [0.1]),
    "Retry-After that does not fit": ((("unavailable", 9.0),), 9.0, 0.0, "unavailable", []),
    "Retry-After that just fits": ((("unavailable", 8.9), "yes"), 9.0, 0.0, "yes", [8.9]),
}


@pytest.mark.parametrize("name", CASES)
def test_how_often_and_how_far_apart(name: str) -> None:
    """A few tries, pauses that double under full jitter, only where it is safe and only where there is time."""
    steps, seconds, luck, expected, pauses = CASES[name]
    clock = Clockwork()
    try:
        came = retried(script(*steps), RETRIES, Deadline(seconds, clock.time), random=lambda: luck, sleep=clock.sleep)
    except CallFailure as failure:
        came = failure.kind
    assert (came, clock.naps) == (expected, pauses)


def test_one_try_is_one_try() -> None:
    """Who asks for one try gets no repetition."""
    once, clock = Retries(tries=1, safe=frozenset({"unavailable"}), first=0.1), Clockwork()
    with pytest.raises(CallFailure):
        retried(script(DOWN), once, Deadline(9, clock.time), random=lambda: 1.0, sleep=clock.sleep)
    assert clock.naps == []


def test_a_bug_is_not_repeated() -> None:
    """What is not a failure of the call goes straight through."""
    clock = Clockwork()

    def bug() -> str:
        clock.now += 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        retried(bug, RETRIES, Deadline(9, clock.time), random=lambda: 1.0, sleep=clock.sleep)
    assert clock.now == 1.0


NOW = 1_800_000_000.0
IN_A_MINUTE = datetime.fromtimestamp(NOW + 60, UTC)
HEADERS: list[tuple[str | None, float | None]] = [
    (None, None),
    ("", None),
    ("0", 0.0),
    ("7", 7.0),
    (" 7 ", 7.0),
    ("3600", LONGEST),
    ("3601", LONGEST),
    ("999999999", LONGEST),
    ("9" * 10_000, LONGEST),
    ("-1", None),
    ("+1", None),
    ("1.5", None),
    ("1e3", None),
    ("0x10", None),
    ("\u0667", None),  # a digit, but not an ASCII one
    ("soon", None),
    ("7, 8", None),
    ("inf", None),
    (formatdate(NOW + 60, usegmt=True), 60.0),
    (formatdate(NOW - 60, usegmt=True), 0.0),
    (formatdate(NOW + 86_400, usegmt=True), LONGEST),
    (format_datetime(IN_A_MINUTE), 60.0),
    (IN_A_MINUTE.strftime("%A, %d-%b-%y %H:%M:%S GMT"), 60.0),
    (IN_A_MINUTE.strftime("%a %b %e %H:%M:%S %Y"), 60.0),
    ("Fri, 99 Foo 2027 08:00:00 GMT", None),
    ("Fri, 15 Jan 2027 08:00:99 GMT", None),
    ("Friday", None),
    ("Fri" + "x" * 100_000, None),
    ("Fri, 15 Jan 99999 08:00:00 GMT", None),
]


@pytest.mark.parametrize(("text", "seconds"), HEADERS, ids=lambda value: repr(value)[:40])
def test_what_retry_after_says(text: str | None, seconds: float | None) -> None:
    """Seconds and the three forms of an HTTP date are read, garbage is ignored, an hour is the most."""
    assert read_retry_after(text, lambda: NOW) == seconds
