"""What must hold before the first step: single rows of the database, variables, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.cases import Case
from harness.model.steps import Prepare, Step
from harness.shrink.kind import Kind, Piece, Pieces

_CLOCK: Piece = ("clock",)


def pieces(case: Case) -> Pieces:
    """Return the places of the statements, the names of the variables, and the clock where it is set."""
    stored = tuple(
        (place, number)
        for place, step in enumerate(case.steps)
        if isinstance(step, Prepare)
        for number in range(len(step.statements))
    )
    variables = tuple(("variable", name) for name in case.instance.env)
    return (*stored, *variables, *((_CLOCK,) if case.instance.clock else ()))


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case without these."""
    env = {name: value for name, value in case.instance.env.items() if ("variable", name) not in gone}
    clock = "" if _CLOCK in gone else case.instance.clock
    return replace(case, steps=tuple(_left(case, gone)), instance=replace(case.instance, env=env, clock=clock))


def _left(case: Case, gone: frozenset[Piece]) -> Iterator[Step]:
    for place, step in enumerate(case.steps):
        if not isinstance(step, Prepare):
            yield step
        elif left := tuple(text for number, text in enumerate(step.statements) if (place, number) not in gone):
            yield replace(step, statements=left)


KIND = Kind(
    name="before",
    doc="What was before: a statement of what the database holds, a variable, the moment at which the clock begins.",
    turn=2,
    pieces=pieces,
    without=without,
)
