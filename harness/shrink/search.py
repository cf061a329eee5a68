"""The search for the smallest case: delta debugging, kind after kind of pieces, until nothing more can go.

Pieces are taken away in halves, then quarters, down to single ones (ddmin on complements: Zeller and Hildebrandt,
"Simplifying and isolating failure-inducing input", 2002). The search is deterministic: with the same answers it asks
the same questions, so one that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, MutableMapping, Sequence

from harness.model.cases import Case
from harness.model.codec import to_json
from harness.model.records import record
from harness.shrink.contents import Document
from harness.shrink.kind import Kind, Piece, Pieces
from harness.shrink.laws import lawful
from harness.shrink.view import View
from harness.shrink.whole import whole

Shows = Callable[[Case], bool]
"""Asked of a smaller case: does it show the finding? Raises :class:`Spent` where no more may be tried."""


class Spent(Exception):
    """Nothing more may be tried: the time or the runs are over, or somebody ended it."""


@record
class Smallest:
    """What a search came to. ``minimal``: without any one piece the case does not show its finding any more."""

    case: Case
    minimal: bool


def digest(case: Case) -> str:
    """Return what names a case among those tried: a hash of its JSON."""
    return hashlib.sha256(to_json(case).encode()).hexdigest()[:24]


def shrink(
    original: Case,
    kinds: Sequence[Kind],
    document: Document,
    shows: Shows,
    known: MutableMapping[str, bool],
    start: Case | None = None,
) -> Smallest:
    """Return the smallest case found that still shows what ``original`` shows, from ``start`` on where it is given.

    ``known`` holds what was answered of cases by their :func:`digest`, and is added to: none is asked for twice.
    """
    search = _Search(original, start or original, document, shows, known)
    try:
        while sum(search.reduce(kind) for kind in kinds):
            pass
        return Smallest(case=search.smallest, minimal=not any(map(search.showing, search.one_less(kinds))))
    except Spent:
        return Smallest(case=search.smallest, minimal=False)


def one_less(original: Case, smallest: Case, kinds: Sequence[Kind], document: Document) -> tuple[Case, ...]:
    """Return every case that ``smallest`` is without one of its pieces and what speaks of that, each once."""
    search = _Search(original, smallest, document, bool, {})
    return tuple({digest(case): case for case in search.one_less(kinds)}.values())


class _Search:
    """A search under way. ``smallest`` is the smallest case so far that shows the finding."""

    def __init__(
        self, original: Case, start: Case, document: Document, shows: Shows, known: MutableMapping[str, bool]
    ) -> None:
        self.smallest = start
        self._original = View(original)
        self._document = document
        self._shows = shows
        self._known = known

    def reduce(self, kind: Kind) -> bool:
        """Take away all that can go of one kind; tell whether anything went."""
        before = self.smallest
        size = len(self._loose(kind))
        while size:
            went = self._round(kind, size)
            size = size if went and size == 1 else size // 2
        return self.smallest != before

    def one_less(self, kinds: Sequence[Kind]) -> Iterator[Case]:
        """Yield the smallest case without each one of its pieces."""
        for kind in kinds:
            for piece in kind.pieces(self.smallest):
                if (smaller := self._without(kind, (piece,))) is not None:
                    yield smaller

    def _round(self, kind: Kind, size: int) -> bool:
        """Try to take away each stretch of ``size`` pieces, the last first; tell whether any went."""
        pieces = self._loose(kind)
        end, went = len(pieces), False
        while end > 0:
            smaller = self._without(kind, pieces[max(end - size, 0) : end])
            end -= size
            if smaller is not None and self.showing(smaller):
                self.smallest, went = smaller, True
                pieces = self._loose(kind)
                end = min(end, len(pieces))
        return went

    def _loose(self, kind: Kind) -> Pieces:
        """Return the pieces of the smallest case that may go alone."""
        return tuple(piece for piece in kind.pieces(self.smallest) if self._without(kind, (piece,)) is not None)

    def _without(self, kind: Kind, pieces: Sequence[Piece]) -> Case | None:
        """Return the smallest case without ``pieces``; None where that changes nothing, or breaks a law."""
        smaller = whole(kind.without(self.smallest, frozenset(pieces)), self.smallest)
        if smaller == self.smallest or not lawful(self._original, View(smaller), self._document):
            return None
        return smaller

    def showing(self, case: Case) -> bool:
        """Tell whether a case shows the finding, as it was answered before or is answered now."""
        name = digest(case)
        if name not in self._known:
            self._known[name] = self._shows(case)
        return self._known[name]
