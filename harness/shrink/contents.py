"""What may be taken from a message, by what its oracle says of it.

Not how big a message may be is asked here but whether the sentence beside it stays true without the part. The service
that is under suspicion cannot answer that; its own document can (:class:`Document`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from harness.model.cases import Case, Family
from harness.model.messages import Message, Request, Wire, placeholder
from harness.model.records import record
from harness.model.steps import Compared, Expected, Insist, Recover, Send
from harness.shrink.view import View


class Document(Protocol):
    """What a service documents of its operations, whatever it does."""

    def legal(self, send: Send, smaller: Request) -> bool:
        """Tell whether the document allows to leave out what ``smaller`` lacks of the message of ``send``."""
        ...

    def illegal(self, send: Send, smaller: Request) -> bool:
        """Tell whether the document still forbids ``smaller`` for the reason written beside ``send``, and no other."""
        ...


@record
class Content:
    """One row of the table: what may go, in words, whether ``smaller`` may stand for the message of a send, and why."""

    named: str
    allows: Callable[[Document, Send, Request], bool]
    why: str


def _nothing(_: Document, __: Send, ___: Request) -> bool:
    return False


def _anything(_: Document, __: Send, ___: Request) -> bool:
    return True


def _legal(document: Document, send: Send, smaller: Request) -> bool:
    return document.legal(send, smaller)


def _illegal(document: Document, send: Send, smaller: Request) -> bool:
    return document.illegal(send, smaller)


COMPARED = Content(
    named="nothing",
    allows=_nothing,
    why="its answer is held against that of the operation's own example, which says nothing of a smaller message",
)
"""What is said of every message in the families whose checks compare whatever was accepted with a clean run."""

TABLE: Mapping[tuple[Family, Expected | None], Content] = {
    (Family.DUPLICATE, None): Content(
        named="what is declared optional",
        allows=_legal,
        why="it is taken to be valid, and what is left is by the service's document",
    ),
    (Family.DUPLICATE, Expected.ACCEPTED): Content(
        named="what is declared optional",
        allows=_legal,
        why="it has to stay valid, and what is left is by the service's document",
    ),
    (Family.DUPLICATE, Expected.EITHER): Content(
        named="all but its identity",
        allows=_anything,
        why="the rule leaves open whether it is accepted, so it leaves open that of a smaller one",
    ),
    (Family.DUPLICATE, Expected.REJECTED): Content(
        named="what is right in it",
        allows=_illegal,
        why="it has to stay wrong, in the same place and by the service's document",
    ),
    (Family.MALFORMED, Expected.EITHER): Content(
        named="all but its identity",
        allows=_anything,
        why="the rule leaves open whether it is accepted, so it leaves open that of a smaller one",
    ),
    (Family.MALFORMED, Expected.REJECTED): Content(
        named="what is right in it",
        allows=_illegal,
        why="it has to stay wrong, in the same place and by the service's document",
    ),
}
"""By family and oracle; what has no row keeps its bytes. A message of whose answer more is known does so, too."""


def content(case: Case, send: Send) -> Content:
    """Return what may be taken from the message of ``send``."""
    expect = send.expect
    if send.promise is not None or (expect is not None and expect.compared is not Compared.NOTHING):
        return COMPARED
    return TABLE.get((case.family, expect.expected if expect else None), COMPARED)


def sound(original: View, smaller: View, document: Document) -> bool:
    """Tell whether every message that is smaller than in ``original`` still fits the sentence beside it.

    Of an event that is still sent with several bodies, insisted on, or recovered with, every message stays what it is:
    whether two of them are the same is what its oracle is about.
    """
    pairs = ((original.sends[label], send) for label, send in smaller.sends.items())
    changed = [
        (old, new)
        for old, new in pairs
        if new.message is not old.message and _bytes(new.message) != _bytes(old.message)
    ]
    spared = _entangled(original, smaller) if changed else frozenset[int]()
    return all(old.event not in spared and _fits(original, old, new, document) for old, new in changed)


def _entangled(original: View, smaller: View) -> frozenset[int]:
    """Return the events of which more is left than one message, as it was, and its repeats."""
    messages: dict[int, set[Message]] = {}
    for label in smaller.sends:
        before = original.sends[label]
        messages.setdefault(before.event, set()).add(before.message)
    insisted = {step.event for step in smaller.case.steps if isinstance(step, Insist | Recover)}
    return frozenset(event for event, own in messages.items() if event and (len(own) > 1 or event in insisted))


def _fits(original: View, old: Send, new: Send, document: Document) -> bool:
    if not isinstance(new.message, Request) or not isinstance(old.message, Request):
        return False
    if _identities(new.message, old.event) != _identities(old.message, old.event):
        return False
    return content(original.case, old).allows(document, old, new.message)


def _identities(message: Request, event: int) -> int:
    """Count the places at which a message names its event, in letters of either case."""
    if not event:
        return 0
    name = placeholder(event).encode()
    said = b"\n".join(
        (message.target.encode(), *(value.encode("latin-1") for _, value in message.headers), message.body)
    )
    return said.lower().count(name)


def _bytes(message: Message) -> Message | bytes:
    """Return what of a message is its content: pauses between the chunks of exact bytes are none."""
    return message.data if isinstance(message, Wire) else message
