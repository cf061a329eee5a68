"""A case stays whole: what speaks of a step or a fault that is gone goes with it, or speaks of the one before.

So every smaller case can be carried out as it stands, and none waits for what cannot come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from harness.model.cases import Case
from harness.model.steps import (
    Arm,
    AwaitStrike,
    Begin,
    Clear,
    Collect,
    Insist,
    Kill,
    Load,
    Pause,
    Prepare,
    ReadBack,
    Recover,
    Send,
    Settle,
    Step,
    Together,
)

SENDING = (Send, Together, Begin, Insist, ReadBack, Recover, Load)
"""Acts that put a message on the wire."""

SILENT = (Arm, Prepare, Settle, Pause)
"""Acts after which nothing is at work that was not before."""


def whole(case: Case, before: Case) -> Case:
    """Return ``case``, made of ``before`` by taking something away, without what speaks of what is gone."""
    lines = {send.label: send.same_connection for send in before.sends()}
    while (smaller := _once(case, lines)) != case:
        case = smaller
    return replace(
        case,
        bystander=case.bystander if case.bystander in operations(case) else "",
        only_if_called=case.only_if_called and bool(case.faults()),
    )


def operations(case: Case) -> frozenset[str]:
    """Return the operations of everything that the case sends."""
    found = {send.operation for send in case.sends()}
    for step in case.steps:
        if isinstance(step, Insist | Recover | Load):
            found.add(step.operation)
        if isinstance(step, Load):
            found |= {part.operation for part in step.parts}
    return frozenset(found)


def _once(case: Case, lines: Mapping[str, str]) -> Case:
    """Return the case after one round: each may show that something else speaks of what is gone."""
    steps = case.steps
    for pruned in _PRUNED:
        steps = tuple(pruned(steps))
    labels = {send.label for send in replace(case, steps=steps).sends()}
    return replace(case, steps=tuple(_relinked(step, labels, lines) for step in steps))


def _small_crowds(steps: tuple[Step, ...]) -> Iterator[Step]:
    """One send at the same instant is a send; none is nothing."""
    for step in steps:
        if not isinstance(step, Together) or len(step.sends) > 1:
            yield step
        else:
            yield from step.sends


def _loose(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Leave out what awaits, ends, reads back or asks for what was not sent before it."""
    sent: set[str] = set()
    begun: set[str] = set()
    for step in steps:
        if isinstance(step, Collect | Kill) and step.of and step.of not in begun:
            continue
        if isinstance(step, ReadBack) and step.of not in sent:
            continue
        if isinstance(step, Together):
            kept = tuple(send for send in step.sends if set(send.filled_from) <= sent)
            sent |= {send.label for send in kept}
            yield replace(step, sends=kept)
            continue
        send = step.send if isinstance(step, Begin) else step
        if isinstance(send, Send):
            if not set(send.filled_from) <= sent:
                continue
            sent.add(send.label)
            begun |= {send.label} if isinstance(step, Begin) else set()
        yield step


def _idle_faults(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Leave out faults under which nothing is sent, and what clears or awaits a fault that is not armed."""
    armed = {step.fault.id for place, step in enumerate(steps) if isinstance(step, Arm) and _used(steps, place, step)}
    own = armed | {a.act.fault.id for s in steps if isinstance(s, Load) for a in s.meanwhile if isinstance(a.act, Arm)}
    for step in steps:
        known = (
            step.fault.id if isinstance(step, Arm) else step.fault if isinstance(step, Clear | AwaitStrike) else None
        )
        if known is None or known in own:
            yield step


def _used(steps: tuple[Step, ...], place: int, arm: Arm) -> bool:
    """Tell whether anything is sent, or at work, while the fault is armed."""
    at_work = any(isinstance(step, Begin) for step in steps[:place])
    for step in steps[place + 1 :]:
        if isinstance(step, SENDING) or (at_work and isinstance(step, AwaitStrike)):
            return True
        if isinstance(step, Clear) and step.fault == arm.fault.id:
            return False
    return False


def _needless_rests(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Leave out a wait for rest where nothing can be at work: at the beginning, and after another."""
    rested = True
    for step in steps:
        if isinstance(step, Settle) and rested:
            continue
        if isinstance(step, Settle):
            rested = True
        elif not isinstance(step, SILENT):
            rested = False
        yield step


_PRUNED: tuple[Callable[[tuple[Step, ...]], Iterator[Step]], ...] = (
    _small_crowds,
    _loose,
    _idle_faults,
    _needless_rests,
)


def _relinked(step: Step, labels: set[str], lines: Mapping[str, str]) -> Step:
    match step:
        case Send():
            return _linked(step, labels, lines)
        case Begin():
            return replace(step, send=_linked(step.send, labels, lines))
        case Together():
            return replace(step, sends=tuple(_linked(send, labels, lines) for send in step.sends))
        case _:
            return step


def _linked(send: Send, labels: set[str], lines: Mapping[str, str]) -> Send:
    """Return the send on the nearest earlier connection of its chain that is still opened, and free of lost workers."""
    line = send.same_connection
    while line and line not in labels:
        line = lines.get(line, "")
    other = send.other_worker_than if send.other_worker_than in labels else ""
    if (line, other) == (send.same_connection, send.other_worker_than):
        return send
    return replace(send, same_connection=line, other_worker_than=other)
