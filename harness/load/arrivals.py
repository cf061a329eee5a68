"""The timetable of a load as data: what is due when. Pure; the same step gives the same timetable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

from harness.clock import SECOND
from harness.model.records import record
from harness.model.steps import Load

BACK_TO_BACK = 0.25
"""The share of the repeats that follow their first request at once; the others come later."""

APART = 10
"""A repeat that is not back to back repeats an event at least this many requests old, where there is one."""

UNKNOWN = 0
"""The event of an arrival that reads: which one it is shows when it is due, for it must have been answered."""


@record
class Arrival:
    """One request that is due ``offset`` nanoseconds after the start; ``event`` counts from 1.

    ``part`` is the label of the part of the load that it belongs to; empty: the load's own message.
    """

    index: int
    event: int
    offset: int
    measured: bool
    part: str = ""


def arrivals(step: Load) -> tuple[Arrival, ...]:
    """Return the timetable in the order due: warm-up first, then the measured arrivals, evenly spaced over all of it.

    ``round(repeat x measured)`` of the measured arrivals carry the event of an earlier one, ``round(share x measured)``
    belong to each part. A surge squeezes more arrivals into its time; a volley makes neighbours due together.
    """
    random = Random(step.seed)
    warm, offsets = round(step.rate * step.warmup), _offsets(step)
    repeating = _repeating(random, warm, len(offsets) - warm, step.repeat)
    parts = _parted(random, step, [n for n in range(max(warm, 1), len(offsets)) if n not in repeating])
    reading = {part.label for part in step.parts if part.reads}
    plan: list[Arrival] = []
    own: list[Arrival] = []
    fresh = 0
    for index, offset in enumerate(offsets):
        part = parts.get(index, "")
        if index in repeating:
            event, offset = _again(random, own, offset, step.together)  # noqa: PLW2901 - due with its first
        elif part in reading:
            event = UNKNOWN
        else:
            event = fresh = fresh + 1
        plan.append(Arrival(index=index, event=event, offset=offset, measured=index >= warm, part=part))
        own.extend(plan[-1:] if not part else ())
    return tuple(sorted(plan, key=lambda arrival: (arrival.offset, arrival.index)))


def _offsets(step: Load) -> list[int]:
    """Return when each arrival is due; those of a volley are due with its first."""
    due = [start + round(n * SECOND / rate) for start, count, rate in _stretches(step) for n in range(count)]
    return [due[n - n % step.volley] for n in range(len(due))]


def _stretches(step: Load) -> Iterator[tuple[int, int, float]]:
    """Yield start (ns), number and rate of the arrivals of each stretch of one rate."""
    surge = step.surge
    if surge is None:
        yield 0, round(step.rate * step.warmup) + round(step.rate * step.seconds), step.rate
        return
    begin, end = step.warmup + surge.at, step.warmup + surge.at + surge.seconds
    rest = max(step.warmup + step.seconds - end, 0.0)
    for start, seconds, rate in (
        (0.0, begin, step.rate),
        (begin, surge.seconds, step.rate * surge.factor),
        (end, rest, step.rate),
    ):
        yield round(start * SECOND), round(rate * seconds), rate


def _repeating(random: Random, warm: int, measured: int, share: float) -> frozenset[int]:
    """Return which arrivals repeat an earlier event; the very first has none to repeat."""
    candidates = range(max(warm, 1), warm + measured)
    return frozenset(random.sample(candidates, min(len(candidates), round(share * measured))))


def _parted(random: Random, step: Load, candidates: list[int]) -> Mapping[int, str]:
    """Return which arrivals belong to which part."""
    labels = [part.label for part in step.parts for _ in range(round(part.share * len(candidates)))]
    return dict(zip(random.sample(candidates, min(len(labels), len(candidates))), labels, strict=False))


def _again(random: Random, own: list[Arrival], offset: int, together: float) -> tuple[int, int]:
    """Return event and moment of an arrival that repeats one: a ``together`` share of them with the one just before."""
    if together and random.random() < together:
        return own[-1].event, own[-1].offset
    if len(own) <= APART or random.random() < BACK_TO_BACK:
        return own[-1].event, offset
    return random.choice(own[:-APART]).event, offset
