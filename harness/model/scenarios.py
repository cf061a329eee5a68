"""A scenario file as typed data: which entries of which family, on which operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from harness.model.cases import Family
from harness.model.clients import ClientBook
from harness.model.faults import Fault
from harness.model.records import record
from harness.model.steps import Threshold


@record
class Entry:
    """One entry of a scenario: a catalogue id with what differs from the family's defaults.

    ``fault`` is an author's own fault (timeout family); ``settings`` are numbers of the family
    (``rate``, ``seconds``, ``repeat``, ``clients``, ``rounds``). ``line`` is where it stands in its file.
    """

    id: str
    title: str = ""
    fault: Fault | None = None
    settings: Mapping[str, float] = field(default_factory=dict)
    thresholds: tuple[Threshold, ...] = ()
    line: int = 0


@record
class Scenario:
    """A file in ``scenarios/``: format 1, one family. Empty ``operations`` means all with a body.

    ``books`` are the answer books of old clients (family version-compatibility).
    """

    name: str
    file: str
    family: Family
    title: str = ""
    operations: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    books: tuple[ClientBook, ...] = ()
