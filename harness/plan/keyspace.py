"""Identities that are nearly or partly the same: at another operation, in other letters, alike but for their end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.messages import Request, placeholder
from harness.model.steps import Phase, Send, Settle
from harness.plan.choreography import valid
from harness.plan.contracts import valid_request
from harness.plan.plays import (
    EITHER,
    ONE_EFFECT,
    SAME_ANSWER,
    Play,
    Stage,
    again,
    first,
    header_names,
    marked,
    only_a_header,
    with_key,
)

SHARED = 3
"""Number of the identity that two nearly equal keys are made of. It is no event's own, so it names neither."""

USUAL_LIMIT = 255
"""Characters of a key where the service documents no limit."""

NOT_ONE_HEADER = "the identity is not one header alone, so there is no key to write in another way"


def at_another_operation(stage: Stage) -> Iterator[Play]:
    """D06: the key of one operation at another: an event of its own there, or refused; never the other's answer."""
    if not stage.neighbours:
        yield Play(omitted="no other operation is named by the same key, so none can take it for its own")
        return
    for neighbour in stage.neighbours:
        there = Send(
            label="there",
            phase=Phase.FAULT,
            operation=neighbour.name,
            message=valid_request(neighbour, 1),
            event=1,
            expect=EITHER,
        )
        yield Play(
            label=f"at-{neighbour.name}",
            apart=f"at {neighbour.name}",
            steps=(first(stage), Settle(), there, Settle(), again(stage), Settle()),
            checks=(*SAME_ANSWER, "events-kept-apart"),
        )


def in_other_letters(stage: Stage) -> Iterator[Play]:
    """D27: two keys that differ in the case of their letters, with two bodies: two events, or one that is refused."""
    bodies = tuple(marked(stage, event) for event in (1, 2))
    if bodies[0].body == bodies[1].body:
        yield Play(omitted="the example has no free word in which two bodies could differ")
        return
    yield _two_keys(stage, bodies, (placeholder(SHARED), placeholder(SHARED).upper()))


def alike_but_for_the_end(stage: Stage) -> Iterator[Play]:
    """D28: two long keys that differ in their last character, with one body: still two events."""
    names = header_names(stage.operation)
    limits = stage.contract.header_limits if stage.contract else {}
    limit = limits.get(names[0].lower(), USUAL_LIMIT) if names else USUAL_LIMIT
    times = min(3, (limit - 1) // len(placeholder(SHARED)))
    if times < 1:
        yield Play(omitted=f"a key has at most {limit} characters: too short to be told apart by its end")
        return
    stem = placeholder(SHARED) * times
    same = valid_request(stage.operation, 1)
    yield _two_keys(stage, (same, same), (f"{stem}1", f"{stem}2"))


def _two_keys(stage: Stage, bodies: tuple[Request, ...], keys: tuple[str, str]) -> Play:
    """Return the case of two events with these bodies under these keys, each sent twice."""
    if not only_a_header(stage.operation):
        return Play(omitted=NOT_ONE_HEADER)
    name = header_names(stage.operation)[0]
    sends = [
        replace(
            valid(stage.operation, label, event, expect=EITHER),
            message=with_key(bodies[event - 1], name, keys[event - 1]),
            altered=True,
        )
        for label, event in (("one", 1), ("other", 2), ("one-again", 1), ("other-again", 2))
    ]
    steps = tuple(step for send in sends for step in (send, Settle()))
    return Play(steps=steps, checks=(*ONE_EFFECT, "events-kept-apart"))
