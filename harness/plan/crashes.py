"""Duplicates after something broke off: the client left, the connection was cut, a process was killed."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.faults import Fault
from harness.model.steps import Arm, AwaitStrike, Begin, Clear, Collect, Insist, Kill, Phase, Settle, Step
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


def service_killed(stage: Stage) -> Iterator[Play]:
    """D14: the service is killed with two events at work, the effect of one done and of the other not."""
    gates = (fault_of(stage, "held"), fault_of(stage, "no-answer"))
    if gates[0] is None or gates[1] is None or not stage.mortal:
        yield Play(omitted=NOT_OURS if gates[0] else NO_CALL)
        return
    before = (*_begun(stage, gates[0], 1), *_begun(stage, gates[1], 2))
    yield _killed(stage, before, Kill(what="service"), (gates[0].id, gates[1].id))


def worker_killed_after_effect(stage: Stage) -> Iterator[Play]:
    """D31: the worker is killed once the effect is done, before the service could know."""
    yield _worker_killed(stage, "held")


def worker_killed_before_effect(stage: Stage) -> Iterator[Play]:
    """D32: the worker is killed while its call hangs, and the effect was never done."""
    yield _worker_killed(stage, "no-answer")


def _worker_killed(stage: Stage, kind: str) -> Play:
    gate = fault_of(stage, kind)
    if gate is None or not (stage.several_workers and stage.mortal):
        return Play(omitted=NOT_OURS if gate else NO_CALL)
    return _killed(stage, _begun(stage, gate, 1), Kill(what="worker", of="first-1"), (gate.id,))


def _begun(stage: Stage, gate: Fault, event: int) -> tuple[Step, ...]:
    """Return the steps after which ``event`` is at work and its call held."""
    send = valid(stage.operation, f"first-{event}", event, expect=EITHER)
    return (Arm(fault=gate), Begin(send=send), AwaitStrike(fault=gate.id))


def _killed(stage: Stage, before: tuple[Step, ...], kill: Kill, gates: tuple[str, ...]) -> Play:
    """Return the case: all at work, the kill, then each event insisted on until it is accepted, and once more."""
    events = range(1, len(gates) + 1)
    last = tuple(valid(stage.operation, f"again-{n}", n, phase=Phase.RECOVERY, expect=ACCEPTED) for n in events)
    steps: tuple[Step, ...] = (
        *before,
        kill,
        *(Clear(fault=gate) for gate in gates),
        *(Collect(of=f"first-{n}") for n in events),
        *(_insisted(stage, n) for n in events),
        Settle(),
        *(step for send in last for step in (send, Settle())),
        *read(stage, "again-1"),
    )
    checks = (*SAME_ANSWER, "key-not-locked", "retry-completes", *read_checks(stage))
    return Play(steps=steps, checks=checks)


def _insisted(stage: Stage, event: int) -> Insist:
    """Return the retries of ``event``: for as long as the scenario says that a dead process may hold it."""
    promised = stage.settings.get("within")
    return Insist(
        label=f"retry-{event}",
        operation=stage.operation.name,
        message=valid_request(stage.operation, event),
        event=event,
        within=promised or LOCKED * stage.deadline,
        promised=promised is not None,
    )
