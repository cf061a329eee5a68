"""What a kind of pieces is made of."""

from __future__ import annotations

from collections.abc import Callable

from harness.model.cases import Case
from harness.model.records import record

Piece = tuple[str | int, ...]
"""Where a piece lies in the case that it was listed for: the place of a step, then the place within."""

Pieces = tuple[Piece, ...]


@record
class Kind:
    """One kind of pieces. ``turn`` says when it is tried: what is large and cheap to lose goes first.

    ``pieces`` lists those of a case, in its order. ``without`` returns the case without the ones given, which are of
    that list; it may leave behind what speaks of something that is gone (:mod:`harness.shrink.whole` takes that away).
    """

    name: str
    doc: str
    turn: int
    pieces: Callable[[Case], Pieces]
    without: Callable[[Case, frozenset[Piece]], Case]
