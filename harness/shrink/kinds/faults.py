"""Faults: armed and cleared, or not at all."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case
from harness.model.steps import Arm
from harness.shrink.kind import Kind, Piece, Pieces


def pieces(case: Case) -> Pieces:
    """Return the places at which a fault is armed."""
    return tuple((place,) for place, step in enumerate(case.steps) if isinstance(step, Arm))


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case without these faults."""
    return replace(case, steps=tuple(step for place, step in enumerate(case.steps) if (place,) not in gone))


KIND = Kind(
    name="faults",
    doc="A fault, with what clears it and what waits for its strike.",
    turn=2,
    pieces=pieces,
    without=without,
)
