"""Fields: members and items of a JSON body, whole or within others."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case
from harness.model.messages import Message, Request
from harness.shrink.documents import NoDocument, Way, document, octets, pruned, ways
from harness.shrink.kind import Kind, Piece, Pieces
from harness.shrink.sends import messages, with_messages


def pieces(case: Case) -> Pieces:
    """Return the members and items of each JSON body, the outer ones first; in the repeats it is the same one."""
    return tuple((number, *way) for number, message in enumerate(messages(case)) for way in _ways(message))


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case whose bodies have fewer members and items."""
    by_message: dict[int, set[Way]] = {}
    for number, *way in gone:
        by_message.setdefault(int(number), set()).add(tuple(way))
    known = messages(case)
    return with_messages(case, {n: _poorer(known[n], frozenset(lost)) for n, lost in by_message.items()})


def _ways(message: Message) -> tuple[Way, ...]:
    try:
        return tuple(ways(document(message)))
    except NoDocument:
        return ()


def _poorer(message: Message, gone: frozenset[Way]) -> Message:
    if not isinstance(message, Request):
        return message
    return replace(message, body=octets(pruned(document(message), gone)))


KIND = Kind(
    name="fields",
    doc="A member or item of a JSON body, in all its repeats.",
    turn=9,
    pieces=pieces,
    without=without,
)
