"""JSON documents in the bodies of requests, where taking a member away leaves all the rest as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from harness.model.messages import Message, Request

Way = tuple[str | int, ...]
"""The names and places that lead to a part of a document."""


class NoDocument(Exception):
    """A body is no JSON document that can be written again without loss."""


def document(message: Message) -> Any:
    """Return the JSON value of a request's body; NoDocument where it has none, or names a member twice."""
    if not isinstance(message, Request) or not message.body:
        raise NoDocument
    try:
        return json.loads(message.body, object_pairs_hook=_once, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise NoDocument from error


def octets(value: Any) -> bytes:
    """Return a JSON value as the body of a request, without white space: written again, it is never longer."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def ways(value: Any, way: Way = ()) -> Iterator[Way]:
    """Yield the way to every member and item of a JSON value, the outer ones first."""
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in held:
        yield (*way, name)
        yield from ways(child, (*way, name))


def pruned(value: Any, gone: frozenset[Way], way: Way = ()) -> Any:
    """Return a JSON value without the members and items at these ways."""
    if isinstance(value, dict):
        return {name: pruned(child, gone, (*way, name)) for name, child in value.items() if (*way, name) not in gone}
    if isinstance(value, list):
        return [pruned(child, gone, (*way, n)) for n, child in enumerate(value) if (*way, n) not in gone]
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _refused(_: str) -> None:
    raise ValueError
