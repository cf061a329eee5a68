"""A failing case among many other things: forty requests and twelve faults, of which its finding needs very few.

What is put around it is drawn with a seed: valid requests of events of their own, some of them under a fault that
ends before the next step. None is put where a fault of the case itself is armed, or one of its requests is at work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from random import Random

from harness.model.faults import Fault
from harness.model.incidents import Incident
from harness.model.services import Operation
from harness.model.steps import Arm, Begin, Clear, Collect, Phase, Send, Settle, Step
from harness.plan.contracts import valid_request
from harness.shrink.sizes import size_of

REQUESTS, FAULTS = 40, 12
FIRST_EVENT = 1000
"""The number of the first event of a request that is put around; those of a case are smaller."""

QUIET = 0.02
"""Seconds of quiet after each of these requests: nothing of it is at work any more."""

Block = tuple[Step, ...]


def fattened(incident: Incident, operation: Operation, seed: int) -> Incident:
    """Return the incident with other requests and faults around the steps of its case, to a known size."""
    size = size_of(incident.case)
    rng = Random(f"{seed}/{incident.name}")
    requests, faults = REQUESTS - size.requests, FAULTS - size.faults
    numbers = count(FIRST_EVENT)
    blocks = [_block(operation, next(numbers), rng if n < faults else None) for n in range(requests)]
    rng.shuffle(blocks)
    steps = tuple(_among(incident.case.steps, blocks, rng))
    return replace(incident, name=f"{incident.name}-among-{seed}", case=replace(incident.case, steps=steps))


def _block(operation: Operation, event: int, rng: Random | None) -> Block:
    """Return one request of its own, under a fault where ``rng`` is there to draw one."""
    send = Send(
        label=f"around-{event}",
        phase=Phase.FAULT,
        operation=operation.name,
        message=valid_request(operation, event),
        event=event,
    )
    if rng is None or operation.effect is None:
        return send, Settle(quiet=QUIET)
    kind, settings = rng.choice((("late", {"delay": 0.02}), ("late", {"delay": 0.05}), ("status", {"code": 503.0})))
    fault = Fault(
        id=f"around-{event}",
        dependency=operation.effect.dependency,
        kind=kind,
        call=str(operation.effect.route),
        times=1,
        settings=settings,
    )
    return Arm(fault=fault), send, Clear(fault=fault.id), Settle(quiet=QUIET)


def _among(steps: Sequence[Step], blocks: Sequence[Block], rng: Random) -> Iterator[Step]:
    """Yield the steps with the blocks between them, wherever nothing of the case is armed or at work."""
    free = [0, *(place for place in range(1, len(steps)) if _free(steps[:place])), len(steps)]
    drawn = sorted(rng.choice(free) for _ in blocks)
    waiting = list(zip(drawn, blocks, strict=True))
    for place in range(len(steps) + 1):
        while waiting and waiting[0][0] == place:
            yield from waiting.pop(0)[1]
        if place < len(steps):
            yield steps[place]


def _free(before: Sequence[Step]) -> bool:
    """Tell whether nothing is armed, nor at work, behind these steps."""
    armed: set[str] = set()
    begun: set[str] = set()
    for step in before:
        match step:
            case Arm():
                armed.add(step.fault.id)
            case Clear():
                armed.discard(step.fault)
            case Begin():
                begun.add(step.send.label)
            case Collect():
                begun.discard(step.of)
            case _:
                pass
    return not armed and not begun and isinstance(before[-1], Settle)
