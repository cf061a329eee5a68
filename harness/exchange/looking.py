"""Looks into JSON that others wrote: what is not of its kind is noted with its way, and the look goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from harness.exchange.documents import TOLD
from harness.exchange.fields import Unfit
from harness.exchange.places import Way
from harness.model.codec import Misfit
from harness.model.records import record

Kind = TypeVar("Kind")

_CALLED: dict[type, str] = {str: "text", int: "a whole number", float: "a number", dict: "an object", list: "a list"}


class TooMuch(Exception):
    """So much is wrong that nobody reads on."""


@record
class Look:
    """A JSON object and the way to it; ``noted`` collects what is wrong in the whole document."""

    value: dict[str, Any]
    way: Way
    noted: list[Misfit]

    def note(self, name: str | int, message: str) -> None:
        """Note what is wrong with a member."""
        self.noted.append(Misfit(place=(*self.way, name), message=message))
        if len(self.noted) >= TOLD:
            raise TooMuch

    def need(self, name: str, kind: type[Kind], otherwise: Kind) -> Kind:
        """Return a member that must be there; ``otherwise``, and a note, where it is not there or of another kind."""
        if name not in self.value:
            self.note(name, "missing")
            return otherwise
        return self.may(name, kind, otherwise)

    def may(self, name: str, kind: type[Kind], otherwise: Kind) -> Kind:
        """Return a member; ``otherwise`` where it is not there (or null), and a note where it is of another kind."""
        value = self.value.get(name)
        if value is None:
            return otherwise
        if not _is_of(value, kind):
            self.note(name, f"expected {_CALLED[kind]}")
            return otherwise
        return kind(value) if kind is float else value  # type: ignore[call-arg]

    def inside(self, name: str, *, needed: bool = True) -> Look:
        """Return the look into a member that is an object; into nothing, which nobody misses, where there is none."""
        value: dict[str, Any] | None = self.need(name, dict, None) if needed else self.may(name, dict, None)
        return Look(value=value or {}, way=(*self.way, name), noted=[] if value is None else self.noted)

    def each(self, name: str, *, needed: bool = True) -> Iterator[Look]:
        """Yield the look into each item of a member that is a list of objects."""
        items: list[Any] = self.need(name, list, []) if needed else self.may(name, list, [])
        for place, item in enumerate(items):
            look = Look(value=item if isinstance(item, dict) else {}, way=(*self.way, name, place), noted=self.noted)
            if isinstance(item, dict):
                yield look
            else:
                Look(value={}, way=(*self.way, name), noted=self.noted).note(place, "expected an object")

    def read(self, name: str, reader: Callable[[str], Kind], otherwise: Kind, value: str) -> Kind:
        """Return what ``reader`` makes of a text; where it raises Unfit its words are noted."""
        try:
            return reader(value)
        except Unfit as error:
            self.note(name, str(error))
            return otherwise


def _is_of(value: Any, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, int | float) if kind is float else isinstance(value, kind)
