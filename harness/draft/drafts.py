"""A draft: a configuration in the making, and what its author has to know or decide about its places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from harness.model.records import record
from harness.model.services import Configuration, Operation


@record
class Note:
    """Something about a ``place`` of the file, as ``operations.book.event``; ``decide``: it is the author's turn."""

    place: str
    text: str
    decide: bool = False


@record
class Draft:
    """A configuration as far as it is known, with its notes, one for a place."""

    configuration: Configuration
    notes: tuple[Note, ...] = ()

    def noted(self, *notes: Note) -> Draft:
        """Return the draft with further notes; each takes the place of an earlier one there."""
        places = {note.place for note in notes}
        kept = tuple(note for note in self.notes if note.place not in places)
        return replace(self, notes=(*kept, *notes))

    def of(self, operations: Iterable[Operation]) -> Draft:
        """Return the draft with these operations in the place of its own."""
        return replace(self, configuration=replace(self.configuration, operations=tuple(operations)))
