"""How big a case is, in the things that a reader has to understand."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.cases import Case
from harness.model.incidents import Size
from harness.model.messages import Message, Wire
from harness.model.steps import Insist, Load, Recover
from harness.shrink.documents import NoDocument, document, ways


def size_of(case: Case) -> Size:
    """Return the size of a case; a message that is sent again counts again."""
    carried = tuple(_messages(case))
    return Size(
        steps=len(case.steps),
        requests=len(carried),
        faults=len(case.faults()),
        fields=sum(_fields(message) for message in carried),
        octets=sum(len(message.data if isinstance(message, Wire) else message.body) for message in carried),
    )


def _messages(case: Case) -> Iterator[Message]:
    yield from (send.message for send in case.sends())
    yield from (step.message for step in case.steps if isinstance(step, Insist | Recover | Load))


def _fields(message: Message) -> int:
    if isinstance(message, Wire):
        return 0
    try:
        return len(message.headers) + sum(1 for _ in ways(document(message)))
    except NoDocument:
        return len(message.headers)
