"""The breaker: when it opens, what it lets through, and how it closes."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from sample_app.outbound.breaker import Breaker
from sample_app.outbound.failures import CallFailure, FailureKind
from tests.sample_app.clockwork import Clockwork

FAILURES, OPEN_FOR = 3, 10.0
KINDS: list[FailureKind] = ["late", "unavailable", "broken", "wrong", "hurried", "open", "full"]


def yes() -> str:
    """Work."""
    return "yes"


def failing(kind: FailureKind = "unavailable") -> Callable[[], str]:
    """Fail."""

    def act() -> str:
        raise CallFailure(kind, "scripted")

    return act


def came(breaker: Breaker, act: Callable[[], str]) -> str:
    """Run a call and name what came of it."""
    try:
        return breaker.run(act)
    except CallFailure as failure:
        return failure.kind if failure.detail == "scripted" else "refused"


@pytest.fixture
def clock() -> Clockwork:
    """Make a clock."""
    return Clockwork()


@pytest.fixture
def breaker(clock: Clockwork) -> Breaker:
    """Make a closed breaker."""
    return Breaker(failures=FAILURES, open_for=OPEN_FOR, clock=clock.time)


def opened(breaker: Breaker) -> Breaker:
    """Open it."""
    assert [came(breaker, failing()) for _ in range(FAILURES)] == ["unavailable"] * FAILURES
    return breaker


def test_its_whole_life(breaker: Breaker, clock: Clockwork) -> None:
    """Closed, open after failures in a row, one trial after a while, open again if it fails, closed if it works."""
    told = [(came(breaker, failing()), breaker.state()) for _ in range(FAILURES)]
    assert told == [("unavailable", "closed"), ("unavailable", "closed"), ("unavailable", "open")]
    assert came(breaker, yes) == "refused"
    clock.now += OPEN_FOR - 0.01
    assert (came(breaker, yes), breaker.state()) == ("refused", "open")
    clock.now += 0.01
    assert (breaker.state(), came(breaker, failing()), breaker.state()) == ("half-open", "unavailable", "open")
    clock.now += OPEN_FOR
    assert (breaker.state(), came(breaker, yes), breaker.state()) == ("half-open", "yes", "closed")
    assert [came(breaker, failing()) for _ in range(FAILURES - 1)] == ["unavailable"] * (FAILURES - 1)
    assert (came(breaker, yes), breaker.state()) == ("yes", "closed")


def test_only_failures_in_a_row_count(breaker: Breaker) -> None:
    """A success in between starts the count anew."""
    for _ in range(5):
        came(breaker, failing())
        came(breaker, failing())
        assert came(breaker, yes) == "yes"
    assert breaker.state() == "closed"


@pytest.mark.parametrize("kind", KINDS)
def test_what_counts_as_a_failure(kind: FailureKind, breaker: Breaker) -> None:
    """Late, gone and broken are signs of trouble; a clear no, a hurried caller and a refusal of our own are not."""
    for _ in range(FAILURES):
        came(breaker, failing(kind))
    assert (breaker.state() == "open") == (kind in {"late", "unavailable", "broken"})


def test_what_says_nothing_neither_counts_nor_heals(breaker: Breaker) -> None:
    """Between two failures a clear no is no success: the third failure opens."""
    for act in (failing(), failing("wrong"), failing(), failing("full"), failing()):
        came(breaker, act)
    assert breaker.state() == "open"


def test_a_bug_in_a_call_says_nothing(breaker: Breaker, clock: Clockwork) -> None:
    """An exception of ours leaves the state as it is, and gives the trial back."""
    opened(breaker)
    clock.now += OPEN_FOR
    with pytest.raises(ZeroDivisionError):
        breaker.run(lambda: str(1 / 0))
    assert (breaker.state(), came(breaker, yes), breaker.state()) == ("half-open", "yes", "closed")


def test_who_is_refused_is_told_for_how_long(breaker: Breaker, clock: Clockwork) -> None:
    """The refusal carries the seconds until the next trial."""
    opened(breaker)
    clock.now += 4
    with pytest.raises(CallFailure) as refused:
        breaker.run(yes)
    assert (refused.value.kind, refused.value.retry_after) == ("open", 6.0)


def test_one_trial_at_a_time(breaker: Breaker, clock: Clockwork) -> None:
    """While the trial runs nobody else is let in."""
    opened(breaker)
    clock.now += OPEN_FOR
    assert breaker.run(lambda: came(breaker, yes)) == "refused"
    assert came(breaker, yes) == "yes"


def test_a_call_from_before_says_nothing_about_now(breaker: Breaker, clock: Clockwork) -> None:
    """A call that began while it was closed neither closes it again by its success, nor prolongs it by its failure."""
    breaker.run(lambda: str(opened(breaker)))
    assert breaker.state() == "open"
    clock.now += OPEN_FOR
    assert came(breaker, yes) == "yes"

    def outlives_an_outage() -> str:
        opened(breaker)
        clock.now += OPEN_FOR
        assert came(breaker, yes) == "yes"
        return failing()()

    assert came(breaker, outlives_an_outage) == "unavailable"
    assert [came(breaker, failing()), came(breaker, failing()), breaker.state()] == ["unavailable"] * 2 + ["closed"]


def test_of_many_threads_one_makes_the_trial(breaker: Breaker, clock: Clockwork) -> None:
    """Sixteen threads that meet a half-open breaker at one instant: one call, fifteen refusals."""
    opened(breaker)
    clock.now += OPEN_FOR
    barrier, go, told = threading.Barrier(16), threading.Event(), []

    def hold() -> str:
        assert go.wait(10)
        return "yes"

    def act() -> None:
        barrier.wait()
        told.append(came(breaker, hold))
        if told.count("refused") == 15:
            go.set()

    threads = [threading.Thread(target=act) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told.count("yes"), told.count("refused"), breaker.state()) == (1, 15, "closed")
