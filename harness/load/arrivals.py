"""The timetable of a load as data: which event is due when. Pure; the same step gives the same timetable."""

from __future__ import annotations

from random import Random

from harness.clock import SECOND
from harness.model.cases import Load
from harness.model.records import record

"""Nanoseconds in a second."""

BACK_TO_BACK = 0.25
"""The share of the repeats that follow their first request at once; the others come later."""

APART = 10
"""A repeat that is not back to back repeats an event at least this many requests old, where there is one."""


@record
class Arrival:
    """One request that is due ``offset`` nanoseconds after the start; ``event`` counts from 1."""

    index: int
    event: int
    offset: int
    measured: bool


def arrivals(step: Load) -> tuple[Arrival, ...]:
    """Return the timetable: warm-up first, then the measured arrivals, evenly spaced over all of it.

    ``round(repeat x measured)`` of the measured arrivals carry the event of an earlier one.
    """
    random = Random(step.seed)
    warm, measured = round(step.rate * step.warmup), round(step.rate * step.seconds)
    repeating = _repeating(random, warm, measured, step.repeat)
    events: list[int] = []
    fresh = 0
    for index in range(warm + measured):
        if index in repeating:
            events.append(_earlier(random, events))
        else:
            fresh += 1
            events.append(fresh)
    return tuple(
        Arrival(index=index, event=event, offset=round(index * SECOND / step.rate), measured=index >= warm)
        for index, event in enumerate(events)
    )


def _repeating(random: Random, warm: int, measured: int, share: float) -> frozenset[int]:
    """Return which arrivals repeat an earlier event; the very first has none to repeat."""
    candidates = range(max(warm, 1), warm + measured)
    return frozenset(random.sample(candidates, min(len(candidates), round(share * measured))))


def _earlier(random: Random, events: list[int]) -> int:
    """Return the event that the next arrival repeats."""
    if len(events) <= APART or random.random() < BACK_TO_BACK:
        return events[-1]
    return random.choice(events[:-APART])
