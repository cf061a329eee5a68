"""Overlap: one request after the other instead of several at work at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.cases import Case
from harness.model.steps import Begin, Collect, Kill, Step, Together
from harness.shrink.kind import Kind, Piece, Pieces


def pieces(case: Case) -> Pieces:
    """Return the places at which several requests are at work; one whose process is killed has to be."""
    needed = {step.of for step in case.steps if isinstance(step, Kill)}
    return tuple((place,) for place, step in enumerate(case.steps) if _overlaps(step, needed))


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case in which these are answered before the next step begins."""
    waited = {step.send.label for n, step in enumerate(case.steps) if isinstance(step, Begin) and (n,) in gone}
    return replace(case, steps=tuple(_apart(case, gone, waited)))


def _apart(case: Case, gone: frozenset[Piece], waited: set[str]) -> Iterator[Step]:
    for place, step in enumerate(case.steps):
        if isinstance(step, Together) and (place,) in gone:
            yield from step.sends
        elif isinstance(step, Begin) and (place,) in gone:
            yield step.send
        elif not (isinstance(step, Collect) and step.of in waited):
            yield step


def _overlaps(step: Step, needed: set[str]) -> bool:
    return isinstance(step, Together) or (isinstance(step, Begin) and step.send.label not in needed)


KIND = Kind(
    name="overlap",
    doc="Requests at the same instant, or one that is not waited for: sent one after the other.",
    turn=4,
    pieces=pieces,
    without=without,
)
