"""How long a run still takes is told by family, since cases of one family take far longer than those of another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.cases import Case, Family
from harness.model.steps import Load
from harness.report.pace import seconds_left, time_left
from tests.unit.report.made import CASES

MALFORMED, _, DUPLICATE, TIMEOUT, LOAD = CASES
CLEAN = replace(MALFORMED, family=Family.REFERENCE)


def lasting(seconds: float, warmup: float) -> Case:
    """Return the load with arrivals for this long."""
    steps = (replace(step, seconds=seconds, warmup=warmup) for step in LOAD.steps if isinstance(step, Load))
    return replace(LOAD, steps=tuple(steps))


def test_a_family_that_was_not_seen_takes_its_usual_time() -> None:
    """Nothing is over: each case counts with what its family usually takes, a load with its own seconds on top."""
    ahead = (CLEAN, MALFORMED, DUPLICATE, TIMEOUT, lasting(5.0, 1.0))
    assert [seconds_left((), [case]) for case in ahead] == pytest.approx([0.5, 0.12, 0.2, 0.5, 16.0])
    assert seconds_left((), ahead) == pytest.approx(17.32)


def test_slow_first_cases_say_nothing_of_the_many_that_follow() -> None:
    """Six reference cases of a second each and 400 quick ones ahead: not minutes."""
    assert seconds_left([(CLEAN, 1.0)] * 6, [MALFORMED] * 400) == pytest.approx(48.0)


def test_a_family_that_was_seen_goes_on_at_its_mean() -> None:
    """The mean of a family is its own, the usual time counted as four cases; of a load what comes on top of arrivals."""
    over = [(MALFORMED, 0.2)] * 36 + [(DUPLICATE, 5.0), (lasting(5.0, 1.0), 11.0)]
    assert seconds_left(over, [MALFORMED] * 10) == pytest.approx((36 * 0.2 + 4 * 0.12) / 40 * 10)
    assert seconds_left(over, [lasting(10.0, 0.0)]) == pytest.approx((5.0 + 4 * 10.0) / 5 + 10.0)


def test_one_slow_first_case_does_not_stand_for_its_family() -> None:
    """The first malformed message may start a server for all of them: 248 more do not take a second each."""
    assert seconds_left([(MALFORMED, 0.92)], [MALFORMED] * 248) == pytest.approx(248 * 0.28)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0, ""), (0.2, "about 1 s left"), (89.4, "about 89 s left"), (90.0, "about 2 min left")],
)
def test_words(seconds: float, words: str) -> None:
    """Seconds up to a minute and a half, then minutes; nothing where nothing is ahead."""
    assert time_left(seconds) == words
