"""What was before the first step is made smaller like all else: statement by statement, variable by variable, the clock."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case, Instance
from harness.model.steps import Prepare, Settle
from harness.shrink.kinds.before import KIND
from harness.shrink.registry import kinds
from harness.shrink.search import shrink
from tests.unit.shrink.cases import Silent, case, send

WHOLE = replace(
    case([Prepare(statements=("a", "b", "c")), send("first", 1), Settle()]),
    instance=Instance(env={"YEARS": "calendar", "COLOUR": "blue"}, clock="2028-02-29T12:00:00Z"),
)


def needs(statement: str, *, variable: str = "", clock: bool = False) -> Case:
    """Return what the whole shrinks to where the finding needs these."""

    def shows(tried: Case) -> bool:
        held = [text for step in tried.steps if isinstance(step, Prepare) for text in step.statements]
        own = tried.instance
        return bool(tried.sends()) and (
            (not statement or statement in held)
            and (not variable or variable in own.env)
            and (not clock or own.clock != "")
        )

    return shrink(WHOLE, kinds(), Silent(), shows, {}).case


def test_each_statement_variable_and_the_clock_is_a_piece() -> None:
    """In the order of the case, and without all of them nothing of it is left."""
    pieces = KIND.pieces(WHOLE)
    assert pieces == ((0, 0), (0, 1), (0, 2), ("variable", "YEARS"), ("variable", "COLOUR"), ("clock",))
    bare = KIND.without(WHOLE, frozenset(pieces))
    assert (bare.steps, bare.instance, KIND.pieces(bare)) == (WHOLE.steps[1:], Instance(), ())


def test_only_what_the_finding_needs_is_left() -> None:
    """One row of three, one variable of two, the clock or not; a step of no statement is no step."""
    small = needs("b", variable="YEARS", clock=True)
    assert (small.steps[0], small.instance) == (
        Prepare(statements=("b",)),
        Instance(workers=1, env={"YEARS": "calendar"}, clock=WHOLE.instance.clock),
    )
    assert needs("").instance == Instance(workers=1)
    assert [step.act for step in needs("").steps] == ["send", "settle"]
