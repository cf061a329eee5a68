"""The check `load-thresholds`: bounds decide, but a time only where the harness was sound."""

from __future__ import annotations

from dataclasses import replace

from harness.checks.load_thresholds import judge
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Stall
from harness.model.verdicts import Severity
from tests.load.scopes import MS, asked, bound, finding, load_scope

P95 = bound("p(95) < 250ms", "p", 0.25, quantile=95)
FEW = bound("errors < 1%", "errors", 0.01)
FAST = bound("rate > 9", "rate", 9.0, ">")
SLOW = tuple(asked(n, done=n * 100 * MS + (700 if n == 9 else 20) * MS) for n in range(10))


def judged(opportunities: int, *findings: Finding, unknown: tuple[str, ...] = ()) -> Judgement:
    return Judgement(
        check="load-thresholds",
        case="L/create/x",
        opportunities=opportunities,
        findings=findings,
        unknown=unknown,
        disturbed=bool(unknown),
    )


TOO_SLOW = finding(
    "load-thresholds",
    "p(95) too high",
    Severity.MAJOR,
    happened="700 ms over 10 requests",
    expected="p(95) < 250ms",
    why="callers wait longer than the service promises, counted from when they meant to ask",
)


def test_bounds_that_are_kept_hold() -> None:
    """Each bound is an opportunity."""
    scope = load_scope(*(asked(n) for n in range(10)), thresholds=(P95, FEW, FAST))
    assert judge(scope) == judged(3)


def test_without_bounds_there_is_nothing_to_judge() -> None:
    """A load without thresholds is no opportunity."""
    assert judge(load_scope(asked(1))) == judged(0)


def test_bounds_without_a_measured_request_are_unknown() -> None:
    """A percentile of nothing keeps no bound: the reason says whether nothing was sent, or all of it to warm up."""
    nothing = "no request was sent, so no bound had anything to hold against"
    assert judge(load_scope(thresholds=(P95,))) == replace(judged(0, unknown=(nothing,)), disturbed=False)
    warm = "no bound had anything to hold against: all 2 requests were of the warm-up"
    early = (asked(n, measured=False) for n in (1, 2))
    assert judge(load_scope(*early, thresholds=(P95,))) == replace(judged(0, unknown=(warm,)), disturbed=False)


def test_a_broken_latency_is_found_where_the_control_was_sound() -> None:
    """One of ten requests at 700 ms breaks the 95th percentile."""
    assert judge(load_scope(*SLOW, thresholds=(P95,))) == judged(1, TOO_SLOW)


def test_a_broken_latency_under_a_stall_of_the_harness_is_unknown() -> None:
    """The reason names the disturbance, or that there was no control."""
    scope = load_scope(*SLOW, thresholds=(P95,))
    stalled = replace(scope, stalls=(Stall(at=950 * MS, worst=0.4, window=0.5),))
    broken = "p(95) < 250ms is broken (700 ms), but"
    assert (judge(stalled), judge(replace(scope, stalls=()))) == (
        judged(1, unknown=(f"{broken} the harness itself was held up for 0.400 s at that moment",)),
        judged(1, unknown=(f"{broken} no clock control ran at that moment",)),
    )


def test_a_broken_latency_beside_busy_neighbours_is_unknown() -> None:
    """A service that had to share its processors is not blamed for it; a quiet machine leaves the finding."""
    scope = load_scope(*SLOW, thresholds=(P95,))
    crowded = replace(scope, stalls=(Stall(at=950 * MS, worst=0.002, window=0.95, others=0.3),))
    quiet = replace(scope, stalls=(Stall(at=950 * MS, worst=0.002, window=0.95, others=0.05),))
    told = (
        "p(95) < 250ms is broken (700 ms), but other processes took 30% of the machine's processors at that moment "
        "(30% at most)"
    )
    assert (judge(crowded), judge(quiet)) == (judged(1, unknown=(told,)), judged(1, TOO_SLOW))


def test_a_broken_latency_beside_a_slow_disk_is_unknown() -> None:
    """A service that commits waits for the disk, whoever keeps it busy."""
    scope = load_scope(*SLOW, thresholds=(P95,))
    slow = replace(scope, stalls=(Stall(at=950 * MS, worst=0.002, window=0.95, others=0.0, disk=0.6),))
    told = "p(95) < 250ms is broken (700 ms), but the disk took 0.600 s to keep one page at that moment"
    assert judge(slow) == judged(1, unknown=(told,))


def test_a_broken_latency_of_a_late_generator_is_unknown() -> None:
    """Waiting to be sent is waiting, but not the service's."""
    late = (*SLOW[:9], asked(9, sent=1_500 * MS, done=1_600 * MS))
    assert judge(load_scope(*late, thresholds=(P95,))) == judged(
        1, unknown=("p(95) < 250ms is broken (700 ms), but the generator itself was 0.600 s late",)
    )


def test_a_kept_bound_stands_under_any_stall() -> None:
    """A disturbance only adds to a latency, so a bound that is kept is kept."""
    scope = load_scope(*(asked(n) for n in range(10)), thresholds=(P95,), stalls=())
    assert judge(scope) == judged(1)


def test_a_request_without_an_answer_is_infinitely_late_and_an_error() -> None:
    """Errors are counted, not timed: they decide without a control; fast failures do not look like fast answers."""
    refused = asked(9, status=0, silence="refused", body="", done=901 * MS)
    scope = load_scope(*(asked(n) for n in range(9)), refused, thresholds=(P95, FEW))
    assert judge(scope) == judged(
        2,
        replace(TOO_SLOW, happened="no answer over 10 requests, 1 of them without an answer"),
        finding(
            "load-thresholds",
            "too many errors",
            Severity.MAJOR,
            happened="10.00% errors over 10 requests, 1 of them without an answer",
            expected="errors < 1%",
            why="more requests are lost than the service promises",
        ),
    )


def test_a_service_that_falls_behind_misses_its_rate() -> None:
    """Answers per second count until the last answer came."""
    behind = (*(asked(n) for n in range(9)), asked(9, done=2_000 * MS))
    assert judge(load_scope(*behind, thresholds=(FAST,))) == judged(
        1,
        finding(
            "load-thresholds",
            "rate too low",
            Severity.MAJOR,
            happened="5.0 answers/s over 10 requests",
            expected="rate > 9",
            why="the service carries less than it promises",
        ),
    )


def test_the_warm_up_is_not_measured() -> None:
    """A slow first request before the measured load breaks no bound."""
    warm = asked(0, done=5_000 * MS, measured=False)
    assert judge(load_scope(warm, asked(1), thresholds=(P95,))) == judged(1)
