"""Headers: fields that a request carries beside its body."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case
from harness.model.messages import Request
from harness.shrink.kind import Kind, Piece, Pieces
from harness.shrink.sends import messages, with_messages


def pieces(case: Case) -> Pieces:
    """Return the headers of each request; in the repeats of one it is the same header."""
    requests = ((n, message) for n, message in enumerate(messages(case)) if isinstance(message, Request))
    return tuple((number, place) for number, request in requests for place in range(len(request.headers)))


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case whose requests carry fewer headers."""
    touched = {piece[0] for piece in gone}
    return with_messages(
        case,
        {
            number: replace(message, headers=tuple(h for n, h in enumerate(message.headers) if (number, n) not in gone))
            for number, message in enumerate(messages(case))
            if number in touched and isinstance(message, Request)
        },
    )


KIND = Kind(name="headers", doc="A header of a request, in all its repeats.", turn=8, pieces=pieces, without=without)
