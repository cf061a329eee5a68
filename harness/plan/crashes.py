"""Duplicates after something broke off: the client left, the connection was cut, a process was killed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from harness.model.cases import (
    Arm,
    AwaitStrike,
    Begin,
    Clear,
    Collect,
    Insist,
    Kill,
    Settle,
    Step,
)
from harness.plan.choreography import ACCEPTED, valid
from harness.plan.contracts import valid_request
from harness.plan.plays import (
    EITHER,
    NO_CALL,
    ONE_EFFECT,
    SAME_ANSWER,
    Play,
    Stage,
    again,
    fault_of,
    first,
    read,
    read_checks,
)

LATE = 0.2
"""Seconds by which a dependency's answer is late in D12: long for a client, short for the service."""

LOCKED = 5.0
"""Deadlines for which a key may stay locked by a dead process, where the scenario does not say (``within``)."""

NOT_OURS = "the target's processes are not the harness's to kill and start again"
NO_OTHER_WORKER = "the target cannot be made to serve a retry from another of two or more processes"


def client_gave_up(stage: Stage) -> Iterator[Play]:
    """D12: the client gives up while the service is still at work, and asks again when that is done."""
    fault = fault_of(stage, "late", delay=LATE)
    if fault is None:
        yield Play(omitted="the operation calls no dependency whose answer could be late")
        return
    gone = valid(stage.operation, "first", 1, give_up_after=LATE / 2)
    yield Play(
        steps=(
            Arm(fault=fault),
            gone,
            Settle(),
            Clear(fault=fault.id),
            again(stage, "retry"),
            Settle(),
            *read(stage, "retry"),
        ),
        checks=(*ONE_EFFECT, "retry-completes", *read_checks(stage)),
    )


def cut_before_answer(stage: Stage) -> Iterator[Play]:
    """D13: the connection is cut before the answer is read, and the client asks again at once."""
    cut = valid(stage.operation, "first", 1, give_up_after=0.0)
    second = valid(stage.operation, "second", 1)
    for turn in (1, 2, 3):
        yield Play(
            label=str(turn),
            steps=(cut, second, Settle(), again(stage, "retry"), Settle(), *read(stage, "retry")),
            checks=(*SAME_ANSWER, "duplicates-answered", "retry-completes", *read_checks(stage)),
        )


def other_worker(stage: Stage) -> Iterator[Play]:
    """D15: the retry is served by another process than the first."""
    if not stage.several_workers:
        yield Play(omitted=NO_OTHER_WORKER)
        return
    retry = valid(stage.operation, "retry", 1, expect=ACCEPTED, other_worker_than="first")
    yield Play(
        steps=(first(stage), Settle(), retry, Settle()),
        checks=(*SAME_ANSWER, "dedupe-across-workers"),
    )


def started_again(stage: Stage) -> Iterator[Play]:
    """D25: the whole service is killed and started again between the first and its repeat."""
    if not stage.mortal:
        yield Play(omitted=NOT_OURS)
        return
    second = valid(stage.operation, "second", 1, expect=ACCEPTED)
    yield Play(
        steps=(first(stage), Settle(), Kill(what="service"), second, Settle(), *read(stage, "first")),
        checks=(*SAME_ANSWER, "duplicates-answered", *read_checks(stage)),
    )


def worker_killed_after_effect(stage: Stage) -> Iterator[Play]:
    """D14: the worker is killed once the effect is done, before the service could know."""
    yield from _killed(stage, "worker", "held")


def worker_killed_before_effect(stage: Stage) -> Iterator[Play]:
    """D31: the worker is killed while its call hangs, and the effect was never done."""
    yield from _killed(stage, "worker", "no-answer")


def service_killed_after_effect(stage: Stage) -> Iterator[Play]:
    """D32: the whole service is killed once the effect is done, and started again."""
    yield from _killed(stage, "service", "held")


def service_killed_before_effect(stage: Stage) -> Iterator[Play]:
    """D33: the whole service is killed while its call hangs, and started again."""
    yield from _killed(stage, "service", "no-answer")


def _killed(stage: Stage, what: Literal["worker", "service"], kind: str) -> Iterator[Play]:
    """Hold the call of the first, kill who makes it, then insist until the event is accepted."""
    gate = fault_of(stage, kind)
    possible = stage.several_workers and stage.mortal if what == "worker" else stage.mortal
    if gate is None or not possible:
        yield Play(omitted=NO_CALL if gate is None else NOT_OURS)
        return
    promised = stage.settings.get("within")
    retry = Insist(
        label="retry",
        operation=stage.operation.name,
        message=valid_request(stage.operation, 1),
        event=1,
        within=promised or LOCKED * stage.deadline,
        promised=promised is not None,
    )
    steps: tuple[Step, ...] = (
        Arm(fault=gate),
        Begin(send=valid(stage.operation, "first", 1, expect=EITHER)),
        AwaitStrike(fault=gate.id),
        Kill(what=what, of="first" if what == "worker" else ""),
        Clear(fault=gate.id),
        Collect(of="first"),
        retry,
        Settle(),
        again(stage),
        Settle(),
        *read(stage, "again"),
    )
    yield Play(steps=steps, checks=(*ONE_EFFECT, "key-not-locked", "retry-completes", *read_checks(stage)))
