"""Every defence around a call, put together in the one order that works.

    deadline -> breaker -> bulkhead -> retries -> exchange

The deadline is outermost: it bounds all waits together, and a repetition gets no time of its own. The breaker is next:
while it is open nobody waits for a place, and it judges a call as its caller sees it, repetitions included. The
bulkhead holds the place of a call during its pauses too, because what it rations is threads, not connections. Innermost
are the retries around single exchanges.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from sample_app.outbound.breaker import Breaker, State
from sample_app.outbound.bulkhead import Bulkhead
from sample_app.outbound.deadline import Deadline
from sample_app.outbound.failures import NOT_CALLED, CallFailure
from sample_app.outbound.retry import Retries, retried

T = TypeVar("T")
Observe = Callable[[str, str, float], None]
"""Takes the dependency, an outcome and seconds: once for each exchange, and once for each call that was not made."""

CONFIRMED = "confirmed"  # the outcome of an exchange that gave what was asked; the others are kinds of failures
CRASHED = "crashed"  # a bug of ours while it was under way
FAIR_SHARE = 0.5  # of a call's usual time; a call that got less and was late says nothing about the dependency


def unseen(_dependency: str, _outcome: str, _seconds: float) -> None:
    """Observe nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one dependency may cost. ``deadline``, ``wait`` and ``open_for`` in seconds, the others are counts."""

    deadline: float
    retries: Retries
    places: int
    wait: float
    failures: int
    open_for: float


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """What a call needs from outside: a monotonic clock, sleep, luck (from 0 to 1), and who watches."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    luck: Callable[[], float] = random.random
    observe: Observe = unseen


class Guard(Protocol):
    """Runs one call to a dependency, in as many tries as it takes; raises CallFailure."""

    def __call__(self, act: Callable[[Deadline], T], within: Deadline) -> T:
        """Run ``act`` with its own deadline, which never ends after ``within``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """The way to one dependency: ``call`` it, and ``state`` is what its breaker makes of the last calls."""

    call: Guard
    state: Callable[[], State]


def open_line(name: str, limits: Limits, world: World) -> Line:
    """Build the defences of one dependency for this process."""
    breaker = Breaker(failures=limits.failures, open_for=limits.open_for, clock=world.clock)
    bulkhead = Bulkhead(places=limits.places, wait=limits.wait)

    def call(act: Callable[[Deadline], T], within: Deadline) -> T:
        """Go through all defences, from the outside in."""
        began, usual = world.clock(), limits.deadline
        fair = within.left() >= usual * FAIR_SHARE
        deadline = within.within(usual)

        def once() -> T:
            return watched(lambda: act(deadline), name, fair, world)

        def tries() -> T:
            return retried(once, limits.retries, deadline, random=world.luck, sleep=world.sleep)

        try:
            return breaker.run(lambda: bulkhead.run(tries, deadline))
        except CallFailure as failure:
            if failure.kind in NOT_CALLED:
                world.observe(name, failure.kind, world.clock() - began)
            raise

    return Line(call=call, state=breaker.state)


def watched(act: Callable[[], T], name: str, fair: bool, world: World) -> T:
    """Run one exchange and tell what came of it; ``fair``: it has the time that the dependency may expect."""
    began, outcome = world.clock(), CRASHED
    try:
        result = act()
        outcome = CONFIRMED
    except CallFailure as failure:
        outcome = failure.kind
        if outcome == "late" and not fair:
            raise CallFailure("hurried", failure.detail) from failure
        raise
    else:
        return result
    finally:
        world.observe(name, outcome, world.clock() - began)
