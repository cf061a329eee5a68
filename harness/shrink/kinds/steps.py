"""Whole steps: whatever is sent, read, insisted on, awaited or killed."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case
from harness.model.steps import AwaitStrike, Kill
from harness.shrink.kind import Kind, Piece, Pieces
from harness.shrink.whole import SENDING


def pieces(case: Case) -> Pieces:
    """Return the places of the steps that provoke something; waits for rest and the ends of faults are none."""
    return tuple((n,) for n, step in enumerate(case.steps) if isinstance(step, (*SENDING, Kill, AwaitStrike)))


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case without these steps."""
    return replace(case, steps=tuple(step for place, step in enumerate(case.steps) if (place,) not in gone))


KIND = Kind(
    name="steps",
    doc="A whole step, with what speaks of it: its answer awaited or read back, the process that serves it killed.",
    turn=1,
    pieces=pieces,
    without=without,
)
