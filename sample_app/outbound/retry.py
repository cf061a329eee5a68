"""Trying again: a few times, further and further apart, never in step with others, never beyond the deadline.

Contract. In: what to do, and which kinds of failure make it safe to do it again; that is for whoever makes the call to
say, since only they know what a repetition does there. Out: the first result. Error: the last CallFailure.
Full jitter (each wait is drawn evenly from zero to its bound): callers that failed together do not return together.
Non-goals: a failure that took all the time there was is not repeated, nor is one whose Retry-After does not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sample_app.outbound.deadline import Deadline
from sample_app.outbound.failures import CallFailure, FailureKind

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Retries:
    """How often, how far apart. ``tries`` counts the first one; ``first`` and ``longest`` bound waits, in seconds."""

    tries: int
    safe: frozenset[FailureKind]
    first: float
    longest: float = 0.4


def retried(
    act: Callable[[], T],
    retries: Retries,
    deadline: Deadline,
    *,
    random: Callable[[], float],
    sleep: Callable[[float], None],
) -> T:
    """Act until it works or must not be tried again; ``random`` draws from 0 to 1."""
    for nth in range(retries.tries - 1):
        try:
            return act()
        except CallFailure as failure:
            wait = pause(nth, retries, random) + (failure.retry_after or 0.0)
            if failure.kind not in retries.safe or wait >= deadline.left():
                raise
            sleep(wait)
    return act()


def pause(nth: int, retries: Retries, random: Callable[[], float]) -> float:
    """Draw the wait after the try number ``nth``, from 0, in seconds. What is asked for in Retry-After comes on top."""
    return random() * min(retries.longest, retries.first * 2.0**nth)
