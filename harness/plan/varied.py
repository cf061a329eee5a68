"""The same case in another order and at another pace: what no step waits for must not decide what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from random import Random

from harness.model.cases import Case
from harness.model.messages import Message, Wire
from harness.model.steps import Begin, Insist, Load, Pause, Recover, Send, Settle, Step, Together

BREATH = 0.2
"""Seconds that pass between two acts at another pace, where nothing passes otherwise."""


def shuffled(case: Case, seed: int) -> Case:
    """Return ``case`` with its independent requests in another order, drawn with ``seed``.

    Those that are released at the same instant, and those that follow each other without an act between them and have
    nothing to do with each other: no event, answer, connection or worker in common. The case itself where there is
    only one order.
    """
    order = Random(f"{seed}/{case.id}")
    steps: list[Step] = []
    for in_a_row, group in groupby(case.steps, key=lambda step: isinstance(step, Send)):
        own = tuple(group)
        sends = tuple(step for step in own if isinstance(step, Send))
        steps += _interleaved(sends, order) if in_a_row else (_together(step, order) for step in own)
    return replace(case, steps=tuple(steps))


def slowed(case: Case, factor: float = 2.0) -> Case:
    """Return ``case`` at another pace: every time of the client's own ``factor`` times as long, a breath between acts.

    Times of the service and of its dependencies stay what they are. A load keeps its own pace: the case itself.
    """
    if any(isinstance(step, Load) for step in case.steps):
        return case
    paced = [_slow(step, factor) for step in case.steps]
    breaths = (Pause(seconds=BREATH),)
    return replace(case, steps=tuple(act for step in paced for act in (*breaths, step))[1:])


def _together(step: Step, order: Random) -> Step:
    if not isinstance(step, Together):
        return step
    return replace(step, sends=tuple(_another_order(step.sends, order)))


def _another_order(sends: Sequence[Send], order: Random) -> list[Send]:
    """Return the sends in another order, where there is one."""
    drawn = list(sends)
    order.shuffle(drawn)
    return drawn if drawn != list(sends) else drawn[1:] + drawn[:1]


def _interleaved(sends: Sequence[Send], order: Random) -> Iterator[Send]:
    """Yield the sends with those of each actor in their order, the actors by turns that are drawn."""
    actors = _actors(sends)
    waiting = [*reversed(actors)] if len(actors) == 2 else actors
    while waiting:
        actor = waiting[0] if len(actors) == 2 else order.choice(waiting)
        yield actor.pop(0)
        waiting = [rest for rest in waiting if rest]


def _actors(sends: Sequence[Send]) -> list[list[Send]]:
    """Return the sends by actor: those that an event, an answer, a connection or a worker ties together."""
    found: list[list[Send]] = []
    for send in sends:
        tied = [actor for actor in found if any(_tied(send, earlier) for earlier in actor)]
        joined = [*(earlier for actor in tied for earlier in actor), send]
        found = [actor for actor in found if actor not in tied] + [joined]
    return [sorted(actor, key=sends.index) for actor in found]


def _tied(send: Send, earlier: Send) -> bool:
    apart = send.promise.apart_from if send.promise else ""
    named = {*send.filled_from, send.same_connection, send.other_worker_than, apart}
    return earlier.label in named or (send.event != 0 and send.event == earlier.event)


def _slow(step: Step, factor: float) -> Step:
    match step:
        case Send():
            return _slow_send(step, factor)
        case Together():
            return replace(step, sends=tuple(_slow_send(send, factor) for send in step.sends))
        case Begin():
            return replace(step, send=_slow_send(step.send, factor))
        case Insist() | Recover():
            return replace(step, every=step.every * factor)
        case Settle():
            return replace(step, quiet=step.quiet * factor)
        case Pause():
            return replace(step, seconds=step.seconds * factor)
        case _:
            return step


def _slow_send(send: Send, factor: float) -> Send:
    return replace(send, message=_slow_message(send.message, factor))


def _slow_message(message: Message, factor: float) -> Message:
    if not isinstance(message, Wire):
        return message
    return replace(message, chunks=tuple(replace(chunk, pause=chunk.pause * factor) for chunk in message.chunks))
