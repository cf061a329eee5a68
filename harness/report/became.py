"""What values of one document stand in another in another form: trimmed, in other letters, as a number or a text."""

from __future__ import annotations

import json
from collections.abc import Mapping

from harness.history.references import leaves

MOST = 6
"""Values that are told; a list of many says the same of each."""

LARGEST = 1 << 16
"""Bytes of a body that is looked into at most."""

_TRIVIAL = 2


def document(body: bytes) -> object:
    """Return the JSON that a body holds, None where it holds none or more than anybody would read."""
    if len(body) > LARGEST:
        return None
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found


def became(before: object, after: object) -> tuple[str, ...]:
    """Return what became of values of ``before`` in ``after``, a sentence each; what stays as it was is not told."""
    given, made = _texts(before), _texts(after)
    known = frozenset(given.values())
    plain: dict[str, str] = {}
    for pointer, text in given.items():
        plain.setdefault(_plain(text), pointer)
    told = [
        f"{plain[_plain(text)]} {json.dumps(given[plain[_plain(text)]])} became {pointer} {json.dumps(text)}"
        for pointer, text in made.items()
        if text not in known and _plain(text) in plain
    ]
    more = len(told) - MOST
    return (*told[:MOST], *((f"and {more} more",) if more > 0 else ()))


def _texts(value: object) -> Mapping[str, str]:
    """Return the texts and numbers of a document by their pointers; what is too short could be anything."""
    try:
        found = leaves(value).items() if isinstance(value, dict | list) else ()
    except RecursionError:
        return {}
    return {
        pointer: leaf if isinstance(leaf, str) else json.dumps(leaf)
        for pointer, leaf in found
        if isinstance(leaf, str | int | float) and not isinstance(leaf, bool) and len(str(leaf)) >= _TRIVIAL
    }


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
