"""Worker processes beside the first: which of them serves a request is luck, where each keeps something to itself."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case
from harness.shrink.kind import Kind, Piece, Pieces

_OTHERS: Piece = ("workers",)


def pieces(case: Case) -> Pieces:
    """Return the one piece that there is, unless the case asks for one worker already."""
    return () if case.instance.workers == 1 else (_OTHERS,)


def without(case: Case, gone: frozenset[Piece]) -> Case:
    """Return the case on one worker."""
    return replace(case, instance=replace(case.instance, workers=1)) if gone else case


KIND = Kind(
    name="workers",
    doc="Worker processes beside the first, so that it is not luck which of them serves a request.",
    turn=0,
    pieces=pieces,
    without=without,
)
