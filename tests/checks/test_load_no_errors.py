"""The check `no-errors-under-load`: valid requests are answered as they are without load."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.checks.load_no_errors import judge
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Stall
from harness.model.verdicts import Severity
from tests.load.scopes import MS, asked, finding, load_scope

GOOD = tuple(asked(n) for n in range(1, 8))


def judged(opportunities: int, *findings: Finding, unknown: tuple[str, ...] = (), disturbed: bool = False) -> Judgement:
    return Judgement(
        check="no-errors-under-load",
        case="L/create/x",
        opportunities=opportunities,
        findings=findings,
        unknown=unknown,
        disturbed=disturbed,
    )


def failed(symptom: str, happened: str) -> Finding:
    return finding(
        "no-errors-under-load",
        symptom,
        Severity.MAJOR,
        happened=happened,
        expected="every valid request is answered as it is without load; a duplicate in flight may be told to wait",
        why="callers lose requests at a rate that the service is meant to carry",
    )


def test_a_load_without_errors_holds() -> None:
    """Every request is an opportunity; without a request there is none."""
    assert (judge(load_scope(*GOOD)), judge(load_scope())) == (judged(7), judged(0))


def test_server_errors_are_found_with_their_numbers() -> None:
    """The finding names the requests and quotes the first."""
    scope = load_scope(*GOOD, asked(8, status=500, body="oops"), asked(9, status=500, body="oops"))
    assert judge(scope) == judged(
        9,
        failed(
            "500",
            "2 requests (#8, #9) of 9 ended with 500, the slowest after 0.020 s. The first said 500: 'oops'.",
        ),
    )


def test_a_reset_is_found() -> None:
    """Silence is an error of the service, unless the generator made it."""
    reset = asked(8, status=0, silence="reset", body="")
    own = asked(9, status=0, silence="abandoned", body="")
    assert judge(load_scope(*GOOD, reset, own)) == judged(
        9,
        failed("no answer: reset", "1 request (#8) of 9 ended with no answer: reset, the slowest after 0.020 s."),
    )


def test_a_timeout_counts_only_where_the_harness_was_sound() -> None:
    """A hang is found; a hang while the harness itself was held up is unknown."""
    hang = asked(8, status=0, silence="timeout", body="", done=4_800 * MS)
    scope = load_scope(*GOOD, hang)
    held = replace(scope, stalls=(Stall(at=2_000 * MS, worst=3.0, window=0.5),))
    assert (judge(scope), judge(held)) == (
        judged(
            8,
            failed(
                "no answer: timeout", "1 request (#8) of 8 ended with no answer: timeout, the slowest after 4.000 s."
            ),
        ),
        judged(
            8,
            unknown=(
                (
                    "1 request (#8) of 8 got no answer in time, but "
                    "the harness itself was held up for 3.000 s at that moment"
                ),
            ),
            disturbed=True,
        ),
    )


def on_a_machine(others: float, *requests: LoadRequest) -> Judgement:
    """Judge a load during whose first ten seconds other processes took this share of the machine."""
    crowd = Stall(at=10_000 * MS, worst=0.002, window=10.0, others=others)
    return judge(replace(load_scope(*requests), stalls=(crowd,)))


@pytest.mark.parametrize("status", [429, 503, 504])
def test_a_refusal_on_a_crowded_machine_is_not_known(status: int) -> None:
    """A service may refuse what the machine leaves it no time for; then the case is to be carried out again."""
    refused = asked(8, status=status, body="later")
    took = "other processes took 35% of the machine's processors at that moment (35% at most)"
    assert on_a_machine(0.35, *GOOD, refused) == judged(
        8, unknown=(f"1 request (#8) of 8 got {status}, but {took}",), disturbed=True
    )


@pytest.mark.parametrize("status", [429, 503, 504])
def test_a_refusal_on_a_quiet_machine_is_found(status: int) -> None:
    """Within its capacity a service has no reason to refuse."""
    found = on_a_machine(0.02, *GOOD, asked(8, status=status, body="later"))
    assert (len(found.findings), found.unknown, found.disturbed) == (1, (), False)
    assert found.findings[0].happened.endswith(f"The first said {status}: 'later'.")


@pytest.mark.parametrize("status", [500, 502])
def test_a_crash_is_found_however_crowded_the_machine_is(status: int) -> None:
    """No shortage of time makes a 500 or a 502 right."""
    found = on_a_machine(0.9, *GOOD, asked(8, status=status, body="oops"))
    assert ([one.symptom for one in found.findings], found.disturbed) == ([str(status)], False)


def test_a_timeout_counts_unless_others_took_much_of_the_machine() -> None:
    """What never came is laid to others only where they took far more than a little."""
    hang = asked(8, status=0, silence="timeout", body="", done=4_800 * MS)
    some, most = on_a_machine(0.15, *GOOD, hang), on_a_machine(0.5, *GOOD, hang)
    assert (len(some.findings), some.disturbed, len(most.findings), most.disturbed) == (1, False, 0, True)


def test_each_refusal_is_held_against_its_own_moment() -> None:
    """A crowd at another moment excuses nothing: the finding names the refusal that the machine did not cause."""
    quiet = Stall(at=9_000 * MS, worst=0.002, window=6.0, others=0.0)
    crowd = Stall(at=1_500 * MS, worst=0.002, window=2.0, others=0.5)
    late = asked(9, status=503, body="later", due=6_000 * MS, sent=6_001 * MS, done=6_020 * MS)
    found = judge(replace(load_scope(*GOOD, asked(8, status=503), late), stalls=(crowd, quiet)))
    assert ([one.happened[:24] for one in found.findings], len(found.unknown)) == (["1 request (#9) of 9 ende"], 1)


def test_a_duplicate_in_flight_may_be_told_to_wait() -> None:
    """409 is allowed while the first is under way; later it is a rejection."""
    first = asked(8, done=950 * MS)
    beside = load_scope(*GOOD, first, asked(9, event=8, status=409, body=""))
    later = load_scope(*GOOD, asked(8), asked(9, event=8, status=409, body="used"))
    what = "were rejected although the same request is accepted without load"
    assert (judge(beside), judge(later)) == (
        judged(9),
        judged(
            9,
            failed(
                "legal request rejected",
                f"1 request (#9) of 9 {what}, the slowest after 0.020 s. The first said 409: 'used'.",
            ),
        ),
    )


def test_a_load_that_the_service_does_not_take_is_unknown() -> None:
    """Where most requests are refused, the load itself is doubtful and no defect is claimed."""
    scope = load_scope(asked(1, status=422), asked(2, status=422), asked(3))
    assert judge(scope) == judged(
        3,
        unknown=(
            (
                "2 of 3 requests were refused (422): the service does not take what the load sends, "
                "perhaps because words of the example must not change"
            ),
        ),
    )


def test_one_idle_connection_closed_by_the_server_is_no_error() -> None:
    """A server may close idle connections; that it does so often is another matter."""
    stale = [asked(n, status=0, silence="stale", body="") for n in (8, 9)]
    what = "met a connection that the service closed without an answer"
    assert (judge(load_scope(*GOOD, stale[0])), judge(load_scope(*GOOD, *stale))) == (
        judged(8),
        judged(9, failed("stale", f"2 requests (#8, #9) of 9 {what}, the slowest after 0.020 s.")),
    )
