"""The sends of a case with their places, and the messages that several of them share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.model.cases import Case
from harness.model.messages import Message
from harness.model.steps import Begin, Send, Step, Together
from harness.shrink.kind import Piece


def placed(case: Case) -> Iterator[tuple[Piece, Send]]:
    """Yield every send with its place: that of its step, and the one within (0 but for a :class:`Together`)."""
    for place, step in enumerate(case.steps):
        if isinstance(step, Send):
            yield (place, 0), step
        elif isinstance(step, Begin):
            yield (place, 0), step.send
        elif isinstance(step, Together):
            yield from (((place, number), send) for number, send in enumerate(step.sends))


def with_sends(case: Case, changed: Mapping[Piece, Send]) -> Case:
    """Return ``case`` with other sends at these places."""
    return replace(case, steps=tuple(_changed(place, step, changed) for place, step in enumerate(case.steps)))


def _changed(place: int, step: Step, changed: Mapping[Piece, Send]) -> Step:
    match step:
        case Send():
            return changed.get((place, 0), step)
        case Begin():
            return replace(step, send=changed.get((place, 0), step.send))
        case Together():
            return replace(step, sends=tuple(changed.get((place, n), send) for n, send in enumerate(step.sends)))
        case _:
            return step


def messages(case: Case) -> tuple[Message, ...]:
    """Return each message that a send of the case carries once, in the order first sent: equal ones are repeats."""
    return tuple(dict.fromkeys(send.message for _, send in placed(case)))


def with_messages(case: Case, changed: Mapping[int, Message]) -> Case:
    """Return ``case`` with other messages by their number in :func:`messages`, in every send that carries them.

    Such a message is the operation's own example no more.
    """
    instead = {message: changed[number] for number, message in enumerate(messages(case)) if number in changed}
    return with_sends(
        case,
        {
            place: replace(send, message=instead[send.message], altered=True)
            for place, send in placed(case)
            if send.message in instead
        },
    )
