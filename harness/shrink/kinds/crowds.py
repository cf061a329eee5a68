"""Crowds: fewer requests at the same instant."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case
from harness.model.steps import Step, Together
from harness.shrink.kind import Kind, Piece, Pieces


def pieces(case: Case) -> Pieces:
    """Return the places of the sends that go out at the same instant as others."""
    crowds = ((n, step) for n, step in enumerate(case.steps) if isinstance(step, Together))
    return tuple((place, number) for place, crowd in crowds for number in range(len(crowd.sends)))


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case with fewer sends at the same instant."""
    return replace(case, steps=tuple(_fewer(place, step, gone) for place, step in enumerate(case.steps)))


def _fewer(place: int, step: Step, gone: frozenset[Piece]) -> Step:
    if not isinstance(step, Together):
        return step
    return replace(step, sends=tuple(send for n, send in enumerate(step.sends) if (place, n) not in gone))


KIND = Kind(
    name="crowds",
    doc="A request of several at the same instant; the last one left is sent like any other.",
    turn=3,
    pieces=pieces,
    without=without,
)
