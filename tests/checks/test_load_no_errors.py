"""The check `no-errors-under-load`: valid requests are answered as they are without load."""

from __future__ import annotations

from dataclasses import replace

from harness.checks.load_no_errors import judge
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Stall
from harness.model.verdicts import Severity
from tests.load.scopes import MS, asked, finding, load_scope

GOOD = tuple(asked(n) for n in range(1, 8))


def judged(opportunities: int, *findings: Finding, unknown: tuple[str, ...] = ()) -> Judgement:
    return Judgement(
        check="no-errors-under-load", case="L/create/x", opportunities=opportunities, findings=findings, unknown=unknown
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
        judged(8, unknown=("1 requests were not answered in time, but the harness itself was held up for 3.000 s",)),
    )


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
