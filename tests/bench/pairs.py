"""Timing in turns: each round runs every variant once, so that a slow moment of the machine meets all of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median

from tests.prove.rows import Row, median_interval

Act = Callable[[int], None]
"""Does the thing that many times."""


def rounds(
    variants: Mapping[str, Act], *, each: int, count: int, clock: Callable[[], float] = time.process_time
) -> Mapping[str, list[float]]:
    """Return the seconds by ``clock`` for one act, for each variant and round; one round warms up.

    The clock is the CPU of this process unless told otherwise.
    """
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for index in range(count + 1):
        for name, act in variants.items():
            gc.collect()
            began = clock()
            act(each)
            took = (clock() - began) / each
            if index:
                seconds[name].append(took)
    return seconds


def cost(name: str, seconds: list[float]) -> Row:
    """Tell what one act costs, in microseconds of CPU."""
    low, high = median_interval(seconds)
    return Row(
        name=name,
        value=round(median(seconds) * 1e6, 1),
        unit="us CPU",
        n=len(seconds),
        interval=(round(low * 1e6, 1), round(high * 1e6, 1)),
    )


def ratio(name: str, seconds: list[float], against: list[float]) -> Row:
    """Tell how many times as much one variant costs as another, round by round."""
    quotients = [one / other for one, other in zip(seconds, against, strict=True)]
    low, high = median_interval(quotients)
    return Row(
        name=name,
        value=round(median(quotients), 3),
        unit="times",
        n=len(quotients),
        interval=(round(low, 3), round(high, 3)),
    )
