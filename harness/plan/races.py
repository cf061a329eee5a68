"""Duplicates side by side: at the same instant, behind a held call, in storms, among many others."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from harness.model.steps import (
    Arm,
    AwaitStrike,
    Begin,
    Clear,
    Collect,
    Pause,
    Phase,
    Recover,
    Send,
    Settle,
    Step,
    Together,
)
from harness.plan.choreography import ACCEPTED, valid
from harness.plan.contracts import valid_request
from harness.plan.plays import (
    NO_CALL,
    SAME_ANSWER,
    Play,
    Stage,
    again,
    fault_of,
    read,
    read_checks,
    send_marked,
)

HELD = 0.15
"""Seconds for which a call is held while the duplicate is there: long for a duplicate, short for the service."""

WAVE = 8
"""How many requests go out at the same instant where the number of clients is not the matter."""

RECOVERY_EVENT = 100
"""The number of the first event that shows whether the service is well again."""

REMEMBERED = 5
"""Events that are asked for again behind a crowd of others."""


def at_once(stage: Stage) -> Iterator[Play]:
    """D02: the same event from 2, 10 and 50 clients at the same instant, several rounds each."""
    chosen = stage.settings.get("clients")
    rounds = stage.settings.get("rounds")
    for clients, usual in ((int(chosen), 3),) if chosen else ((2, 4), (10, 2), (50, 1)):
        for turn in range(1, int(rounds or usual) + 1):
            yield Play(
                label=f"{clients}-clients-{turn}",
                apart=f"{clients} clients",
                steps=(_copies(stage, clients), Settle(), again(stage), Settle()),
                checks=(*SAME_ANSWER, "duplicates-answered"),
            )


def while_the_first_waits(stage: Stage) -> Iterator[Play]:
    """D03: the duplicate comes while the first is held at its dependency."""
    gate = fault_of(stage, "held")
    if gate is None:
        yield Play(omitted=NO_CALL)
        return
    sends = tuple(valid(stage.operation, label, 1) for label in ("first", "second"))
    steps: tuple[Step, ...] = (
        Arm(fault=gate),
        Begin(send=sends[0]),
        AwaitStrike(fault=gate.id),
        Begin(send=sends[1]),
        Pause(seconds=HELD),
        Clear(fault=gate.id),
        *(Collect(of=send.label) for send in sends),
        Settle(),
        again(stage),
        Settle(),
        *read(stage, "again"),
    )
    yield Play(steps=steps, checks=(*SAME_ANSWER, "duplicates-answered", "retry-completes", *read_checks(stage)))


def failed_once(stage: Stage) -> Iterator[Play]:
    """D11: the first fails before or after its effect; then two retries at the same instant, and one more.

    The fault strikes every call until it is cleared, so that the service's own retries fail too. It is given the time
    to find out that its dependency is back: a breaker may refuse for a while.
    """
    well = Recover(
        label="recover",
        operation=stage.operation.name,
        message=valid_request(stage.operation, RECOVERY_EVENT),
        event=RECOVERY_EVENT,
    )
    for label, kind in (("before", "status"), ("after", "reply-lost")):
        fault = fault_of(stage, kind, times=0)
        if fault is None:
            yield Play(omitted=NO_CALL)
            return
        yield Play(
            label=label,
            apart=f"{label} its effect",
            steps=(
                Arm(fault=fault),
                valid(stage.operation, "first", 1),
                Settle(),
                Clear(fault=fault.id),
                well,
                Settle(),
                _copies(stage, 2),
                Settle(),
                again(stage),
                Settle(),
                *read(stage, "again"),
            ),
            checks=(*SAME_ANSWER, "retry-completes", *read_checks(stage)),
        )


def while_the_dependency_errs(stage: Stage) -> Iterator[Play]:
    """D23: four copies at the same instant, and the dependency does the first call but loses its answer."""
    fault = fault_of(stage, "reply-lost")
    if fault is None:
        yield Play(omitted=NO_CALL)
        return
    for turn in range(1, int(stage.settings.get("rounds", 2)) + 1):
        yield Play(
            label=str(turn),
            steps=(
                Arm(fault=fault),
                _copies(stage, int(stage.settings.get("clients", 4))),
                Settle(),
                Clear(fault=fault.id),
                again(stage, "retry"),
                Settle(),
                again(stage),
                Settle(),
            ),
            checks=(*SAME_ANSWER, "retry-completes"),
        )


def behind_many_others(stage: Stage) -> Iterator[Play]:
    """D18: five events again after a crowd of others: what is remembered is not pushed out by what is new."""
    others = int(stage.settings.get("keys", 150))
    known = range(1, REMEMBERED + 1)
    crowd = tuple(send_marked(stage, f"other-{n}", REMEMBERED + n) for n in range(1, others + 1))
    waves = _waves(crowd, WAVE)
    steps: tuple[Step, ...] = (
        *(send_marked(stage, f"first-{n}", n) for n in known),
        *waves,
        Settle(),
        *(send_marked(stage, f"again-{n}", n, expect=ACCEPTED) for n in known),
        Settle(),
    )
    yield Play(steps=steps, checks=(*SAME_ANSWER, "events-kept-apart"))


def storm(stage: Stage) -> Iterator[Play]:
    """D20: every event delivered many times in a shuffled order by several clients at once; then each once more."""
    events = int(stage.settings.get("keys", 10))
    copies = int(stage.settings.get("rounds", 5))
    deliveries = [(event, copy) for event in range(1, events + 1) for copy in range(1, copies + 1)]
    Random(stage.seed).shuffle(deliveries)
    sends = tuple(send_marked(stage, f"event-{event}-{copy}", event) for event, copy in deliveries)
    waves = _waves(sends, int(stage.settings.get("clients", WAVE)))
    last = tuple(send_marked(stage, f"last-{event}", event, expect=ACCEPTED) for event in range(1, events + 1))
    yield Play(
        steps=(*waves, Settle(), *last, Settle()),
        checks=(*SAME_ANSWER, "duplicates-answered", "events-kept-apart"),
    )


def side_by_side(stage: Stage) -> Iterator[Play]:
    """D26: two events by turns on one connection, then four events twice each at the same instant."""
    turns: list[Send] = []
    for turn, event in enumerate((1, 2, 1, 2, 2, 1), start=1):
        on = turns[-1].label if turns else ""
        turns.append(send_marked(stage, f"turn-{turn}", event, on=on))
    crossed = tuple(send_marked(stage, f"copy-{copy}-of-{event}", event) for copy in (1, 2) for event in (1, 2, 3, 4))
    last = tuple(send_marked(stage, f"last-{event}", event, expect=ACCEPTED) for event in (1, 2, 3, 4))
    yield Play(
        steps=(*turns, Settle(), Together(sends=crossed), Settle(), *last, Settle()),
        checks=(*SAME_ANSWER, "events-kept-apart"),
    )


def _copies(stage: Stage, clients: int) -> Together:
    """Return event 1 from several clients at the same instant."""
    phase = Phase.FAULT
    return Together(sends=tuple(valid(stage.operation, f"copy-{n}", 1, phase=phase) for n in range(1, clients + 1)))


def _waves(sends: tuple[Send, ...], clients: int) -> tuple[Together, ...]:
    """Return the sends in their order, so many at the same instant."""
    return tuple(Together(sends=sends[start : start + clients]) for start in range(0, len(sends), clients))
