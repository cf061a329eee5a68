"""About how long a run still takes, by family: one load takes as long as a hundred malformed messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import fmean

from harness.model.cases import Case, Family
from harness.model.steps import Load

USUAL: Mapping[Family, float] = {
    Family.REFERENCE: 0.5,
    Family.MALFORMED: 0.12,
    Family.DUPLICATE: 0.2,
    Family.TIMEOUT: 0.5,
    Family.LOAD: 10.0,
    Family.VERSIONS: 0.2,
}
"""Seconds that a case of each family usually takes beside the seconds for which its load arrives."""

_WEIGHT = 4
"""How many cases the usual time counts for: the first case of a family often pays for what the others then use."""


def seconds_left(over: Iterable[tuple[Case, float]], ahead: Iterable[Case]) -> float:
    """Return the seconds that the cases ``ahead`` will take; those ``over`` come with the seconds that they took.

    A family goes on at the mean of its cases that are over, its usual time counted among them.
    """
    seen = {family: [usual] * _WEIGHT for family, usual in USUAL.items()}
    for case, took in over:
        seen[case.family].append(max(took - _arrivals(case), 0.0))
    each = {family: fmean(beside) for family, beside in seen.items()}
    return sum((each[case.family] + _arrivals(case) for case in ahead), 0.0)


def time_left(seconds: float) -> str:
    """Return in words about how long is left; empty for nothing."""
    if not seconds:
        return ""
    return f"about {max(seconds, 1):.0f} s left" if seconds < 90 else f"about {seconds / 60:.0f} min left"


def _arrivals(case: Case) -> float:
    """Return the seconds for which requests of a load arrive, its warm-up with them."""
    return sum((step.warmup + step.seconds for step in case.steps if isinstance(step, Load)), 0.0)
