"""Pauses: between steps, and between the pieces of exact bytes."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case
from harness.model.messages import Wire
from harness.model.steps import Pause, Send
from harness.shrink.kind import Kind, Piece, Pieces
from harness.shrink.sends import placed, with_sends


def pieces(case: Case) -> Pieces:
    """Return the places of pauses: steps, then chunks that come after some silence."""
    steps = tuple((place,) for place, step in enumerate(case.steps) if isinstance(step, Pause))
    return steps + tuple((*place, n) for place, send in placed(case) for n in _silences(send))


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case that goes on at once there; the bytes stay what they are."""
    quick = with_sends(case, {place: _quick(send, place, gone) for place, send in placed(case)})
    return replace(quick, steps=tuple(step for place, step in enumerate(quick.steps) if (place,) not in gone))


def _silences(send: Send) -> tuple[int, ...]:
    chunks = send.message.chunks if isinstance(send.message, Wire) else ()
    return tuple(number for number, chunk in enumerate(chunks) if chunk.pause)


def _quick(send: Send, place: Piece, gone: frozenset[Piece]) -> Send:
    if not isinstance(send.message, Wire):
        return send
    chunks = tuple(
        replace(chunk, pause=0.0) if (*place, number) in gone else chunk
        for number, chunk in enumerate(send.message.chunks)
    )
    return replace(send, message=replace(send.message, chunks=chunks))


KIND = Kind(
    name="pauses",
    doc="A pause between two steps, or between two pieces of a message's bytes.",
    turn=7,
    pieces=pieces,
    without=without,
)
