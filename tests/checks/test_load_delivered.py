"""The check `load-delivered`: what was not delivered shows nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.checks.load_delivered import judge
from harness.model.events import LoadRan
from harness.model.judgements import Judgement
from tests.load.scopes import MS, asked, load_scope

CLEAN = load_scope(*(asked(n) for n in range(1, 5)))


def judged(opportunities: int, *unknown: str) -> Judgement:
    return Judgement(check="load-delivered", case="L/create/x", opportunities=opportunities, unknown=unknown)


def ran(**changes: object) -> LoadRan:
    assert CLEAN.load is not None
    return replace(CLEAN.load, **changes)  # type: ignore[arg-type]


def test_a_whole_load_is_delivered() -> None:
    """Every planned arrival is one opportunity."""
    assert judge(CLEAN) == judged(4)


def test_a_load_that_never_ran_is_unknown() -> None:
    """No load at all is never a pass, and the trouble of the case is told."""
    scope = replace(CLEAN, load=None, requests=(), trouble="no server")
    assert judge(scope) == judged(0, "the load never ran: no server")


@pytest.mark.parametrize(
    ("load", "reasons"),
    [
        (
            ran(planned=0, sent=0, answered=0),
            (
                "the load plans no request: its rate and length come to none",
                "load-1.jsonl holds 4 of 0 requests: the log was cut short",
            ),
        ),
        (ran(trouble="it died"), ("the load generator failed: it died",)),
        (ran(planned=9), ("only 4 of 9 planned requests were sent",)),
        (ran(planned=9, sent=9), ("load-1.jsonl holds 4 of 9 requests: the log was cut short",)),
        (ran(answered=3), ("load-1.jsonl holds 4 answers and 3 were counted: the log was changed",)),
    ],
)
def test_what_is_missing_is_named(load: LoadRan, reasons: tuple[str, ...]) -> None:
    """A dead generator, arrivals that were not sent, and a log that was cut are unknown, each by its name."""
    assert judge(replace(CLEAN, load=load)) == judged(load.planned, *reasons)


def test_a_load_that_sent_nothing_is_unknown() -> None:
    """Zero requests are Locust's green; here they show nothing."""
    scope = replace(CLEAN, load=ran(sent=0, answered=0), requests=())
    assert judge(scope) == judged(4, "the load sent no request: a load without requests shows nothing")


def test_failures_of_the_generator_are_not_the_services() -> None:
    """Requests that the generator could not send or gave up say nothing about the service."""
    broken = asked(2, status=0, body="", silence="error: too many open files")
    assert judge(load_scope(asked(1), broken)) == judged(
        2, "1 requests failed in the generator, not in the service (error: too many open files)"
    )


def test_a_generator_that_fell_behind_put_another_load_on_the_service() -> None:
    """Ten a second were planned, and four requests in 1.5 s are fewer: what a lighter load shows is not what was asked."""
    behind = [asked(n, sent=n * 500 * MS, done=n * 500 * MS + 20 * MS) for n in range(1, 5)]
    reason = (
        "the generator did not keep its pace: 4 requests that were due within 0.3 s were sent within 1.5 s, which is another "
        "load"
    )
    assert judge(load_scope(*behind)) == replace(judged(4, reason), disturbed=True)


def test_a_clock_that_was_set_back_is_told() -> None:
    """A request cannot end before it is sent; times from such a log are none."""
    back = asked(2, done=2 * 100 * MS - 5 * MS)
    reason = "1 requests ended before they were sent: the clock of the log was set back"
    assert judge(load_scope(asked(1), back)) == judged(2, reason)


def test_a_late_generator_still_delivers() -> None:
    """Its lateness is in every latency, and `load-thresholds` weighs it; effects and answers do not depend on it."""
    late = [asked(n, sent=n * 100 * MS + 400 * MS, done=n * 100 * MS + 420 * MS) for n in range(1, 5)]
    assert judge(load_scope(*late)) == judged(4)
