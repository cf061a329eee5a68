"""Where a value stands in the text of a JSON document: found by walking the text, once something has to be told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

Way = tuple[str | int, ...]
"""The names and numbers that lead to a value; () is the whole document."""

_BLANK = re.compile(r"[ \t\n\r]*")
_CLOSING = {"{": "}", "[": "]"}
_DECODER = json.JSONDecoder()


def located(text: str, way: Way) -> tuple[int, Way]:
    """Return where the innermost value on ``way`` begins in ``text``, and what of the way is there or names a member.

    A part that names neither a member nor an item (the kind of a step, say) is passed over; the last one is always
    told. ``text`` is JSON.
    """
    at, told = _skip(text, 0), []
    for place, part in enumerate(way):
        found = _child(text, at, part)
        if found is None and place < len(way) - 1:
            continue
        at = found[0] if found else at
        told.append(part)
    return at, tuple(told)


def span(text: str, way: Way) -> tuple[int, int] | None:
    """Return where the value at ``way`` begins and ends in the JSON ``text``; None where nothing lies there."""
    start = _skip(text, 0)
    end = _DECODER.raw_decode(text, start)[1]
    for part in way:
        found = _child(text, start, part)
        if found is None:
            return None
        start, end = found
    return start, end


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Return the place of the character ``at``, both from 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _child(text: str, at: int, part: str | int) -> tuple[int, int] | None:
    """Return where the member or item ``part`` begins and ends; of a name that stands twice the last one counts."""
    found = None
    for name, start, end in _children(text, at):
        if name == part and isinstance(name, type(part)):
            found = start, end
    return found


def _children(text: str, at: int) -> Iterator[tuple[str | int, int, int]]:
    """Yield name or number, begin and end of each value in the container that begins at ``at``; of others nothing."""
    closing = _CLOSING.get(text[at : at + 1])
    position = _skip(text, at + 1)
    number = 0
    while closing and text[position] != closing:
        name: str | int = number
        if closing == "}":
            name, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)
        start = position
        _, position = _DECODER.raw_decode(text, start)
        yield name, start, position
        position = _skip(text, position)
        position = _skip(text, position + 1) if text[position] == "," else position
        number += 1


def _skip(text: str, at: int) -> int:
    """Return where the next character stands that is no white space."""
    found = _BLANK.match(text, at)
    return found.end() if found else at
