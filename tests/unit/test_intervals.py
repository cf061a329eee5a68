"""The intervals of the proofs are exact, for few trials and for thousands."""

from __future__ import annotations

from math import comb

import pytest

from tests.prove.rows import rate_interval, tail


@pytest.mark.parametrize("p", [0.0, 0.01, 0.5, 0.99, 1.0])
def test_the_tail_is_that_of_the_binomial(p: float) -> None:
    """By logarithms as by the formula."""
    plain = [sum(comb(20, k) * p**k * (1 - p) ** (20 - k) for k in range(hits, 21)) for hits in range(21)]
    assert [tail(hits, 20, p) for hits in range(21)] == pytest.approx(plain)


def test_none_of_ten_thousand_bounds_the_rate() -> None:
    """1 - 0.025 ** (1 / n), which the formula itself is too large for."""
    low, high = rate_interval(0, 10_000)
    assert [low, high] == pytest.approx([0.0, 1 - 0.025 ** (1 / 10_000)], abs=1e-6)
