"""All defences of a call together: their order, their limits, and what whoever watches is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from sample_app.outbound.bulkhead import Bulkhead
from sample_app.outbound.calls import Limits, Line, World, open_line
from sample_app.outbound.deadline import Deadline
from sample_app.outbound.failures import CallFailure, FailureKind
from sample_app.outbound.retry import Retries
from tests.sample_app.clockwork import Clockwork

Told = list[tuple[str, str, float]]
Act = Callable[[Deadline], str]
LIMITS = Limits(
    deadline=1.0,
    retries=Retries(tries=3, safe=frozenset({"unavailable"}), first=0.1),
    places=1,
    wait=0.01,
    failures=2,
    open_for=5.0,
)


class Bench:
    """A line on a clock moved by hand, with all that was observed."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.clock = Clockwork()
        self.told: Told = []
        self.line: Line = open_line("ledger", limits, self.world())

    def world(self) -> World:
        """Make the world of this bench; luck is always the worst."""
        return World(clock=self.clock.time, sleep=self.clock.sleep, luck=lambda: 1.0, observe=self.observe)

    def observe(self, dependency: str, outcome: str, seconds: float) -> None:
        """Remember."""
        self.told.append((dependency, outcome, round(seconds, 6)))

    def came(self, act: Act, seconds: float = 60.0) -> str:
        """Call with so many seconds left, and name what came of it."""
        try:
            return self.line.call(act, Deadline(seconds, self.clock.time))
        except CallFailure as failure:
            return failure.kind

    def takes(self, seconds: float, kind: FailureKind | None = None) -> Act:
        """Take a while, then fail or say yes; the deadline is seen as a socket would see it."""

        def act(deadline: Deadline) -> str:
            left = deadline.left()
            self.clock.now += min(seconds, left)
            if seconds >= left:
                raise CallFailure("late", "scripted")
            if kind is not None:
                raise CallFailure(kind, "scripted")
            return "yes"

        return act


def test_a_call_that_works_is_one_exchange() -> None:
    """It is observed once, with the seconds it took."""
    bench = Bench()
    assert (bench.came(bench.takes(0.2)), bench.told) == ("yes", [("ledger", "confirmed", 0.2)])


def test_every_exchange_is_observed() -> None:
    """Repetitions are exchanges of their own; the pauses between them are nobody's."""
    bench = Bench()
    assert bench.came(bench.takes(0.2, "unavailable")) == "unavailable"
    assert bench.told == [("ledger", "unavailable", 0.2)] * 3
    assert bench.clock.naps == [0.1, 0.2]


def test_repetitions_get_no_time_of_their_own() -> None:
    """All tries and pauses of a call share one deadline of 1 s."""
    bench = Bench()
    assert bench.came(bench.takes(0.25, "unavailable")) == "late"
    assert bench.told == [*[("ledger", "unavailable", 0.25)] * 2, ("ledger", "late", 0.2)]
    assert round(bench.clock.now, 6) == 1.0


def test_a_call_never_outlives_the_request() -> None:
    """With 0.7 s left the call ends after 0.7 s, whatever it may take by itself."""
    bench = Bench()
    assert (bench.came(bench.takes(9), 0.7), round(bench.clock.now, 6)) == ("late", 0.7)


def test_the_breaker_counts_calls_and_not_tries() -> None:
    """One call of three failed tries is one failure; while it is open nothing is sent, and that is observed as well."""
    bench = Bench()
    bench.came(bench.takes(0, "unavailable"))
    assert bench.line.state() == "closed"
    bench.came(bench.takes(0, "unavailable"))
    assert bench.line.state() == "open"
    bench.told.clear()
    assert (bench.came(bench.takes(0)), bench.told) == ("open", [("ledger", "open", 0.0)])


def test_a_repetition_that_works_is_a_success() -> None:
    """What a caller did not notice does not open the breaker."""
    bench = Bench()
    for _ in range(4):
        turns = iter([bench.takes(0, "unavailable"), bench.takes(0)])
        assert bench.came(lambda deadline, turns=turns: next(turns)(deadline)) == "yes"  # type: ignore[misc]
    assert bench.line.state() == "closed"


@pytest.mark.parametrize(("seconds", "kind", "state"), [(0.49, "hurried", "closed"), (0.5, "late", "open")])
def test_a_hurried_caller_does_not_open_the_breaker(seconds: float, kind: str, state: str) -> None:
    """A call that got less than half of its usual time and was late says nothing about the dependency."""
    bench = Bench()
    assert [bench.came(bench.takes(9), seconds) for _ in range(2)] == [kind] * 2
    assert bench.line.state() == state


def test_a_full_bulkhead_does_not_open_the_breaker() -> None:
    """While the only place is taken others are refused after a short wait, and observed; the breaker stays closed."""
    bench = Bench()
    told: list[str] = []

    def act(_deadline: Deadline) -> str:
        told.extend(bench.came(bench.takes(0)) for _ in range(5))
        return "yes"

    assert (bench.came(act), told, bench.line.state()) == ("yes", ["full"] * 5, "closed")
    assert [outcome for _, outcome, _ in bench.told] == ["full"] * 5 + ["confirmed"]


def test_a_bug_gives_its_place_back() -> None:
    """An exception of ours goes through, is observed, and leaves the line as it was."""
    bench = Bench()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            bench.line.call(lambda _deadline: 1 / 0, Deadline(60, bench.clock.time))
    assert (bench.came(bench.takes(0)), [outcome for _, outcome, _ in bench.told]) == (
        "yes",
        ["crashed"] * 3 + ["confirmed"],
    )


def test_two_dependencies_share_nothing() -> None:
    """An open breaker and a full bulkhead are those of one line."""
    bench = Bench()
    other = open_line("reference", replace(LIMITS, failures=9), bench.world())
    for _ in range(2):
        bench.came(bench.takes(0, "unavailable"))
    assert (bench.line.state(), other.call(bench.takes(0), Deadline(60, bench.clock.time))) == ("open", "yes")


def test_at_most_so_many_at_a_time() -> None:
    """Thirty threads, two places, a wait long enough: never three at once, and each gets its turn."""
    bulkhead, lock, inside, most = Bulkhead(places=2, wait=30), threading.Lock(), 0, 0

    def act() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.002)
        with lock:
            inside -= 1

    threads = [threading.Thread(target=lambda: bulkhead.run(act, Deadline(30))) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, inside) == (2, 0)


def test_nobody_waits_for_a_call_that_is_old() -> None:
    """Beside a call that goes well the next one waits for its turn; beside one that hangs it is refused at once."""
    bulkhead, inside, go = Bulkhead(places=1, wait=0.3), threading.Event(), threading.Event()

    def hang() -> None:
        inside.set()
        go.wait(20)

    holder = threading.Thread(target=lambda: bulkhead.run(hang, Deadline(30)))
    holder.start()
    inside.wait(20)
    refusals = []
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(CallFailure):
            bulkhead.run(str, Deadline(30))
        refusals.append(time.monotonic() - began)
    go.set()
    holder.join()
    assert (refusals[0] > 0.1, refusals[1] < 0.1) == (True, True)


def test_the_wait_for_a_place_ends_with_the_deadline() -> None:
    """Whoever has no time left does not wait at all."""
    bulkhead = Bulkhead(places=1, wait=30)

    def inside() -> str:
        with pytest.raises(CallFailure) as refused:
            bulkhead.run(lambda: "no", Deadline(0))
        return refused.value.kind

    assert bulkhead.run(inside, Deadline(30)) == "full"
