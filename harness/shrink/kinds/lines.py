"""Lines: a send on a connection of its own, to any worker, with a client that waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.cases import Case
from harness.model.steps import Send
from harness.shrink.kind import Kind, Piece, Pieces
from harness.shrink.sends import placed, with_sends


def pieces(case: Case) -> Pieces:
    """Return what each send asks for beside its message."""
    return tuple((*place, what) for place, send in placed(case) for what in _asked(send))


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case in which these sends ask for less."""
    return with_sends(case, {place: _plainer(send, place, gone) for place, send in placed(case)})


def _asked(send: Send) -> Iterator[str]:
    if send.same_connection:
        yield "connection"
    if send.other_worker_than:
        yield "worker"
    if send.give_up_after is not None:
        yield "leaving"


def _plainer(send: Send, place: Piece, gone: frozenset[Piece]) -> Send:
    return replace(
        send,
        same_connection="" if (*place, "connection") in gone else send.same_connection,
        other_worker_than="" if (*place, "worker") in gone else send.other_worker_than,
        give_up_after=None if (*place, "leaving") in gone else send.give_up_after,
    )


KIND = Kind(
    name="lines",
    doc="What a send asks for beside its message: an earlier connection, another worker, a client that gives up.",
    turn=6,
    pieces=pieces,
    without=without,
)
