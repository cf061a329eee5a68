"""Strikes: a fault that strikes once, and the very next call."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case
from harness.model.faults import Fault
from harness.model.steps import Arm, Step
from harness.shrink.kind import Kind, Piece, Pieces


def pieces(case: Case) -> Pieces:
    """Return what of each fault is more than one strike at the next call."""
    armed = ((place, step.fault) for place, step in enumerate(case.steps) if isinstance(step, Arm))
    return tuple((place, what) for place, fault in armed for what in ("times", "first") if _value(fault, what) != 1)


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case in which these faults strike once, or from the next call on."""
    return replace(case, steps=tuple(_simpler(place, step, gone) for place, step in enumerate(case.steps)))


def _simpler(place: int, step: Step, gone: frozenset[Piece]) -> Step:
    if not isinstance(step, Arm):
        return step
    fault = step.fault
    times = 1 if (place, "times") in gone else fault.times
    first = 1 if (place, "first") in gone else fault.first
    return replace(step, fault=replace(fault, times=times, first=first))


def _value(fault: Fault, what: str) -> int:
    return fault.times if what == "times" else fault.first


KIND = Kind(
    name="strikes",
    doc="A fault that strikes often, or later than the next call: it strikes once, or from the next call on.",
    turn=5,
    pieces=pieces,
    without=without,
)
