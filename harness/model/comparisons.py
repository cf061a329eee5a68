"""Two builds side by side: what was compared, what differs, and which of it somebody declared beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from harness.model.records import record

COMPARISON_FORMAT: Literal[1] = 1
"""The format of ``comparison.json``."""

CHANGES: Mapping[str, str] = {
    "other status": "the status of the answer",
    "no answer": "there was an answer, and now there is none, or it is refused in another way",
    "answered": "there was no answer, and now there is one",
    "header lost": "a header that was there is missing",
    "header changed": "a header has another value, beyond noise",
    "field lost": "a field is missing: a default that is left out now, or a field that is gone",
    "field added": "a field is new, or a default is written out now",
    "value changed": "another value of the same JSON type: another word of a closed set, another number, another text",
    "null for a value": "null where a value was",
    "value for null": "a value where null was",
    "other JSON type": "a value of another JSON type",
    "other items": "a list of another length",
    "order changed": "the same items in another order",
    "error type changed": "another `type` of a problem document (RFC 9457)",
    "other body": "a body that is no JSON is another one",
    "no JSON document": "the body was JSON and is none",
    "exchange lost": "a request that needs the answer of another could not be sent any more",
    "exchange added": "a request that could not be sent before can be now",
    "other number of calls": "a dependency is called more or less often",
    "other number of effects": "more or fewer effects at a dependency",
}
"""Every kind of change that two builds can differ by, and what it means."""

PLACED = frozenset(
    {
        "header lost",
        "header changed",
        "field lost",
        "field added",
        "value changed",
        "null for a value",
        "value for null",
        "other JSON type",
        "other items",
        "order changed",
    }
)
"""The kinds that lie at a place: a JSON pointer, or the name of a header."""


@record
class DeclaredChange:
    """A change that the new build is meant to bring, in one operation.

    ``change`` is a word of :data:`CHANGES`, ``at`` its place (empty where it has none), ``exchange`` a pattern for the
    names of exchanges or of routes at dependencies (``*`` is anything). ``since`` names the release that brings it.
    ``file`` and ``line`` are where it stands.
    """

    operation: str
    change: str
    at: str = ""
    exchange: str = "*"
    since: str
    reason: str
    file: str = ""
    line: int = 0


@record
class SeenChange:
    """One change of an exchange. ``told`` says it with its values; ``declared`` None: nobody declared it."""

    change: str
    at: str
    told: str
    declared: DeclaredChange | None = None


@record
class ChangedExchange:
    """An exchange, or the calls to a route of a dependency, in which the builds differ.

    ``source`` is the file that it comes from, ``case`` the case, ``name`` its own. ``request``, ``old`` and ``new`` are
    texts for people, empty where there is nothing to show.
    """

    source: str
    case: str
    operation: str
    name: str
    request: str
    old: str
    new: str
    changes: tuple[SeenChange, ...]


@record
class Uncompared:
    """Something that could not be compared, and why. ``required`` False: there is nothing to compare; it is neutral."""

    source: str
    case: str
    name: str
    reason: str
    required: bool = True


@record
class Comparison:
    """What came of two builds side by side. ``old`` and ``new`` say what they are and how they ran.

    ``compared`` counts the exchanges and calls that were held against each other, ``cases`` the cases. ``unused`` are
    the declared changes that were not seen.
    """

    format: Literal[1] = COMPARISON_FORMAT
    old: str
    new: str
    seed: int
    cases: int
    compared: int
    changed: tuple[ChangedExchange, ...] = ()
    uncompared: tuple[Uncompared, ...] = ()
    unused: tuple[DeclaredChange, ...] = ()

    @property
    def undeclared(self) -> int:
        """How many changes nobody declared."""
        return sum(change.declared is None for exchange in self.changed for change in exchange.changes)
