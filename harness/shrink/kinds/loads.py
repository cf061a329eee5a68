"""Loads: fewer things in a load; how many requests arrive, and for how long, is what it measures and stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.cases import Case
from harness.model.steps import Arm, Clear, Load, Meanwhile, Step
from harness.shrink.kind import Kind, Piece, Pieces


def pieces(case: Case) -> Pieces:
    """Return what each load has beside its own requests: acts, parts, a surge, slow clients, repeats, volleys."""
    loads = ((place, step) for place, step in enumerate(case.steps) if isinstance(step, Load))
    return tuple((place, *what) for place, load in loads for what in _beside(load))


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case whose loads lack these."""
    return replace(case, steps=tuple(_plainer(place, step, gone) for place, step in enumerate(case.steps)))


def _beside(load: Load) -> Iterator[Piece]:
    yield from (("act", n) for n, planned in enumerate(load.meanwhile) if not isinstance(planned.act, Clear))
    yield from (("part", n) for n in range(len(load.parts)))
    shapes = {"surge": load.surge, "slow": load.slow, "together": load.together, "repeat": load.repeat}
    yield from ((name,) for name, value in shapes.items() if value)
    if load.volley > 1:
        yield ("volley",)


def _plainer(place: int, step: Step, gone: frozenset[Piece]) -> Step:
    if not isinstance(step, Load):
        return step
    repeat = 0.0 if (place, "repeat") in gone else step.repeat
    return replace(
        step,
        meanwhile=_acts(place, step, gone),
        parts=tuple(part for n, part in enumerate(step.parts) if (place, "part", n) not in gone),
        surge=None if (place, "surge") in gone else step.surge,
        slow=0 if (place, "slow") in gone else step.slow,
        repeat=repeat,
        together=0.0 if not repeat or (place, "together") in gone else step.together,
        volley=1 if (place, "volley") in gone else step.volley,
    )


def _acts(place: int, load: Load, gone: frozenset[Piece]) -> tuple[Meanwhile, ...]:
    """Return the acts that are left; a fault goes with what clears it."""
    left = tuple(planned for n, planned in enumerate(load.meanwhile) if (place, "act", n) not in gone)
    armed = {planned.act.fault.id for planned in left if isinstance(planned.act, Arm)}
    return tuple(planned for planned in left if not isinstance(planned.act, Clear) or planned.act.fault in armed)


KIND = Kind(
    name="loads",
    doc="An act in the middle of a load, a part, a surge, slow clients, repeats, requests due at the same instant.",
    turn=3,
    pieces=pieces,
    without=without,
)
