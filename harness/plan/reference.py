"""The clean runs from which the reference of each operation is learned: three, apart in time."""

from __future__ import annotations

from harness.history.references import REFERENCE_LABEL, RUNS
from harness.model.cases import Case, Family, Plan
from harness.model.services import Configuration, Operation
from harness.model.steps import Expectation, Expected, Pause, Phase, ReadBack, Send, Settle
from harness.plan.contracts import valid_request

APART = 0.55
"""Seconds between two rounds of clean runs: three of them span more than a second, so that its number differs, too."""


def plan_references(configuration: Configuration, operations: tuple[str, ...], *, seed: int) -> Plan:
    """Return the reference cases of ``operations``, one operation after another in each round."""
    own = [operation for operation in configuration.operations if operation.name in operations]
    cases = tuple(
        _case(operation, run, apart=operation is own[-1] and run < RUNS)
        for run in range(1, RUNS + 1)
        for operation in own
    )
    return Plan(seed=seed, cases=cases)


def _case(operation: Operation, run: int, *, apart: bool) -> Case:
    """Return a clean run; behind the last one of a round with the time between two rounds."""
    send = Send(
        label=REFERENCE_LABEL,
        phase=Phase.BASELINE,
        operation=operation.name,
        message=valid_request(operation, 1),
        event=1,
        expect=Expectation(expected=Expected.ACCEPTED, rule="the operation's own valid example"),
    )
    read = (ReadBack(label="read", of=send.label),) if operation.read else ()
    pause = (Pause(seconds=APART),) if apart else ()
    return Case(
        id=f"reference/{operation.name}/{run}",
        entry="reference",
        family=Family.REFERENCE,
        scenario="reference",
        operation=operation.name,
        title=f"clean run {run} of {operation.name}",
        trouble="none",
        steps=(send, Settle(), *read, *pause),
    )
