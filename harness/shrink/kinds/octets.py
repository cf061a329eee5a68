"""Octets: stretches of a body, shorter ones the smaller it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from harness.model.cases import Case
from harness.model.messages import Message, Request
from harness.shrink.kind import Kind, Piece, Pieces
from harness.shrink.sends import messages, with_messages

STRETCHES = 64
"""Stretches that a body is cut into at most; of that many bytes or fewer each is a stretch of its own."""

IDENTITY = re.compile(rb"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
"""What is never cut: an identity is whole or it is none."""


def pieces(case: Case) -> Pieces:
    """Return the stretches of each body as their first byte and the one behind their last."""
    return tuple((n, *stretch) for n, message in enumerate(messages(case)) for stretch in _stretches(message))


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case whose bodies lack these stretches."""
    known = messages(case)
    touched = sorted({int(piece[0]) for piece in gone})
    return with_messages(case, {number: _shorter(known[number], number, gone) for number in touched})


def _stretches(message: Message) -> Iterator[tuple[int, int]]:
    body = message.body if isinstance(message, Request) else b""
    size = -(-len(body) // STRETCHES)
    kept = [match.span() for match in IDENTITY.finditer(body)]
    for start in range(0, len(body), size or 1):
        end = min(start + size, len(body))
        if all(end <= first or start >= last for first, last in kept):
            yield start, end


def _shorter(message: Message, number: int, gone: frozenset[Piece]) -> Message:
    if not isinstance(message, Request):
        return message
    left = bytearray(message.body)
    for _, start, end in sorted((piece for piece in gone if piece[0] == number), reverse=True):
        del left[int(start) : int(end)]
    return replace(message, body=bytes(left))


KIND = Kind(
    name="octets", doc="A stretch of a body's bytes, in all its repeats.", turn=10, pieces=pieces, without=without
)
