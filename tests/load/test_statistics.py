"""The numbers of a load are exact; numpy, scipy and HdrHistogram are the judges."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.load.statistics import achieved, bounded, errors, holds, latency, lateness, measured, percentile
from harness.model.steps import Threshold
from harness.scenario.thresholds import Comparison, Measure
from tests.load.scopes import MS, asked

VALUES = st.lists(st.integers(1, 10_000_000), min_size=1, max_size=300)


@pytest.mark.parametrize(
    ("quantile", "value"), [(0.1, 15), (5, 15), (30, 20), (40, 20), (50, 35), (100, 50), (99.9, 50)]
)
def test_percentiles_are_nearest_rank(quantile: float, value: int) -> None:
    """The textbook example, 15 20 35 40 50: a percentile is always one of the values."""
    assert percentile([35, 20, 15, 50, 40], quantile) == value


@pytest.mark.parametrize(("values", "quantile"), [([], 50), ([1], 0), ([1], 100.1), ([1], -5)])
def test_a_percentile_of_nothing_is_refused(values: list[float], quantile: float) -> None:
    """No value and no rank have no percentile."""
    with pytest.raises(ValueError, match="no percentile"):
        percentile(values, quantile)


@settings(deadline=None)  # the first example pays for the import of the judge
@given(VALUES, st.sampled_from([1, 7, 25, 50, 90, 95, 99, 100]))
def test_percentiles_agree_with_numpy(values: list[int], quantile: int) -> None:
    """Method `inverted_cdf` is the same definition."""
    numpy = pytest.importorskip("numpy")
    exact = sorted(values)[-(-quantile * len(values) // 100) - 1]
    assert percentile(values, quantile) == exact
    assert percentile(values, quantile) == pytest.approx(
        float(numpy.percentile(values, quantile, method="inverted_cdf"))
    )


@settings(deadline=None)  # the first example pays for the import of the judge
@given(VALUES, st.sampled_from([25, 50, 75, 90]))
def test_percentiles_lie_where_scipy_says(values: list[int], quantile: int) -> None:
    """At least that share of the values lies at or below, and less than it strictly below."""
    stats = pytest.importorskip("scipy.stats")
    value = percentile(values, quantile)
    assert stats.percentileofscore(values, value, kind="weak") >= quantile
    assert stats.percentileofscore(values, value, kind="strict") < quantile


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([50, 90, 95, 99]))
def test_percentiles_agree_with_hdrhistogram(random: Random, quantile: int) -> None:
    """Within its resolution of three digits; its rank is rounded where ours is not, so the sizes are whole hundreds."""
    values = [random.randint(1, 10_000_000) for _ in range(random.choice([100, 300]))]
    histogram = pytest.importorskip("hdrh.histogram").HdrHistogram(1, 20_000_000, 3)
    for value in values:
        histogram.record_value(value)
    assert histogram.get_value_at_percentile(quantile) == pytest.approx(percentile(values, quantile), rel=0.002)


def test_latency_counts_from_when_a_request_was_due() -> None:
    """Waiting to be sent is waiting; without an answer it never ends."""
    late = asked(1, sent=900 * MS, done=1_000 * MS)
    assert (latency(late), latency(asked(1, status=0, silence="refused"))) == (0.9, inf)


def test_a_load_in_numbers() -> None:
    """Ten requests a second for a second: one failed, one silent, one slow, one late to be sent; the warm-up is left out."""
    requests = [asked(index) for index in range(1, 11)]
    requests[2] = asked(3, status=503)
    requests[4] = asked(5, status=0, silence="timeout", done=900 * MS)
    requests[6] = asked(7, done=780 * MS)
    requests[8] = asked(9, sent=911 * MS)
    warm = asked(0, done=5_000 * MS, measured=False)
    chosen = measured([*reversed(requests), warm])
    late = max(map(lateness, chosen))
    assert (len(chosen), achieved(chosen), errors(chosen), late) == (10, 8 / 1.0, 0.2, 0.011)
    assert [percentile([*map(latency, chosen)], quantile) for quantile in (50, 90, 95, 100)] == [0.02, 0.08, inf, inf]


def test_a_load_of_nothing_has_no_numbers() -> None:
    """Zero requests are no rate and no error, and one alone is no rate."""
    assert (achieved([]), achieved([asked(0)]), errors([])) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("measure", "comparison", "number"), [("p", "<", 0.02), ("errors", "<", 0.1), ("rate", ">", 9.0)]
)
def test_a_bound_is_kept_strictly(measure: Measure, comparison: Comparison, number: float) -> None:
    """A number that only reaches its bound does not keep it, from whichever side it is bounded."""
    requests = [asked(index, status=500 if index == 5 else 201) for index in range(1, 11)]
    threshold = Threshold(text="t", measure=measure, quantile=50, comparison=comparison, bound=number)
    within = replace(threshold, bound=number + (0.001 if comparison == "<" else -0.001))
    assert bounded(threshold, requests) == number
    assert (holds(threshold, number), holds(within, number)) == (False, True)
