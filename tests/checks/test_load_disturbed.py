"""The checks of loads that are disturbed on purpose: what is excused, what is not, and what must be well again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.checks.load_no_errors import judge as no_errors
from harness.checks.load_recovers import judge as recovers
from harness.checks.load_stops import judge as stops
from harness.model.events import LoadRequest
from harness.model.faults import Fault
from harness.model.judgements import Finding, Judgement
from harness.model.scope import DependencyCall, Scope, SeenFault, Stall
from harness.model.steps import ORDINARY, Surge
from harness.model.verdicts import Severity
from tests.load.scopes import MS, asked, call, finding, load_scope, reshaped

CALM = (Stall(at=9_000 * MS, worst=0.002, window=20.0),)


def judged(
    check: str, opportunities: int, *findings: Finding, unknown: tuple[str, ...] = (), disturbed: bool = False
) -> Judgement:
    return Judgement(
        check=check,
        case="L/create/x",
        opportunities=opportunities,
        findings=findings,
        unknown=unknown,
        disturbed=disturbed,
    )


def outage(kind: str = "outage") -> SeenFault:
    """Return a fault that stands from 1 s to 2 s."""
    fault = Fault(id=kind, dependency="ledger", kind="no-answer")
    return SeenFault(fault=fault, armed=1_000 * MS, cleared=2_000 * MS, firings=())


def failing(scope: Scope) -> list[str]:
    return [found.symptom for found in no_errors(scope).findings]


@pytest.mark.parametrize(
    ("failed", "symptoms"),
    [
        (asked(15, status=503), []),
        (asked(15, status=504), []),
        (asked(15, status=500), ["500"]),
        (asked(15, status=0, silence="timeout"), ["no answer: timeout"]),
        (asked(5, status=503), ["503"]),
    ],
)
def test_an_outage_excuses_declared_failures_while_it_lasts(failed: LoadRequest, symptoms: list[str]) -> None:
    """A declared 503 or 504 in its time; never a bare 500, never silence, never before it."""
    assert failing(load_scope(asked(1), failed, faults=(outage(),), stalls=CALM)) == symptoms


def test_a_dependency_that_takes_its_time_excuses_nothing() -> None:
    """What only makes requests be at work is no disturbance."""
    scope = load_scope(asked(1), asked(15, status=503), faults=(outage(ORDINARY),), stalls=CALM)
    assert (failing(scope), recovers(scope)) == (["503"], judged("recovers-under-load", 0))


def test_disturbances_that_the_machine_put_off_are_its_doing() -> None:
    """Nothing came after the outage: on a calm machine no chance, on a busy one another attempt may tell."""
    calm = load_scope(asked(1), asked(15), faults=(outage(),), stalls=CALM)
    busy = load_scope(asked(1), asked(15), faults=(outage(),), stalls=(Stall(at=9_000 * MS, worst=1.5, window=20.0),))
    reason = "the harness itself was held up for 1.500 s at that moment"
    assert (recovers(calm), recovers(busy)) == (
        judged("recovers-under-load", 0),
        judged(
            "recovers-under-load",
            0,
            unknown=(f"no request was due once the time for recovery was over, but {reason}",),
            disturbed=True,
        ),
    )


def test_a_surge_excuses_refusals_and_silence() -> None:
    """429, 503 and no answer in its time; a 500 never."""
    scope = load_scope(
        asked(1), asked(15, status=503), asked(16, status=0, silence="reset"), asked(17, status=500), stalls=CALM
    )
    assert failing(reshaped(scope, warmup=0.0, surge=Surge(at=1.0, seconds=1.0, factor=10.0))) == ["500"]


def test_a_killed_worker_excuses_what_was_under_way() -> None:
    """Request 10 was at work at 1.010 s; number 20 began a second later and met a service that must serve."""
    cut = asked(10, status=0, silence="reset")
    scope = load_scope(asked(1), cut, killed=(1_010 * MS,), stalls=CALM)
    late = load_scope(asked(1), cut, asked(20, status=0, silence="reset"), killed=(1_010 * MS,), stalls=CALM)
    assert (failing(scope), [f.symptom for f in recovers(late).findings]) == ([], ["does not recover"])


def test_two_seconds_after_an_outage_all_is_as_before() -> None:
    """Requests that are due later are opportunities; in the time for recovery they are not."""
    scope = load_scope(asked(1), asked(30, status=503), asked(45), asked(50), faults=(outage(),), stalls=CALM)
    assert recovers(scope) == judged("recovers-under-load", 2)


def test_an_outage_that_stays_is_found() -> None:
    """The finding says how long after the time for recovery it still failed, and quotes the first."""
    broken = (asked(45, status=503, body="no slot"), asked(50, status=503, body="no slot"))
    scope = load_scope(asked(1), *broken, faults=(outage(),), stalls=CALM)
    expected = finding(
        "recovers-under-load",
        "does not recover",
        Severity.MAJOR,
        happened="2 requests (#45, #50) of 2 failed after the time for recovery was over, the last of them due 1.0 s "
        "after that; the first got 503: no slot",
        expected="2 s after a disturbance every request is answered as before it, with no restart",
        why="what was a short trouble elsewhere stays an outage until somebody restarts the service",
    )
    assert (recovers(scope), failing(scope)) == (judged("recovers-under-load", 2, expected), [])


def test_a_crowded_machine_leaves_recovery_unknown() -> None:
    """A refusal while others have the machine is not laid to the service, and asks for another attempt."""
    crowded = (Stall(at=9_000 * MS, worst=0.002, window=20.0, others=0.8),)
    scope = load_scope(asked(1), asked(45, status=503), faults=(outage(),), stalls=crowded)
    reason = "other processes took 80% of the machine's processors at that moment (80% at most)"
    assert recovers(scope) == judged(
        "recovers-under-load", 1, unknown=(f"1 requests failed, but {reason}",), disturbed=True
    )


def held(event: int) -> DependencyCall:
    """Return the call of ``event``, which came at 1.0 s and was answered at 1.3 s."""
    return replace(call(event, event), received=1_000 * MS, ended=1_300 * MS)


def test_what_was_at_work_at_sigterm_must_be_answered() -> None:
    """Request 10 had called the dependency when the service was asked to end; request 11 came after."""
    answered = asked(10, done=1_310 * MS)
    refused = asked(11, status=0, silence="refused")
    scope = load_scope(answered, refused, calls=(held(10),), told_to_stop=1_100 * MS)
    cut = load_scope(replace(answered, status=0, silence="reset"), refused, calls=(held(10),), told_to_stop=1_100 * MS)
    found = finding(
        "stops-gracefully",
        "cut off by its end",
        Severity.MAJOR,
        happened="1 request (#10) of 1 at work at SIGTERM got no answer (reset)",
        expected="a service that is asked to end takes nothing new and answers what it has begun",
        why="every deployment loses requests whose effect is done, and callers do not know of it",
    )
    assert (stops(scope), stops(cut)) == (judged("stops-gracefully", 1), judged("stops-gracefully", 1, found))


def test_nothing_at_work_shows_nothing() -> None:
    """Without a call under way at the signal there is no opportunity; without a signal the check does not apply."""
    assert (stops(load_scope(asked(10), told_to_stop=1_100 * MS)), stops(load_scope(asked(10)))) == (
        judged("stops-gracefully", 0),
        judged("stops-gracefully", 0),
    )
