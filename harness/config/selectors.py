"""Readers of selectors: where in a message a value lies, and whether an example has anything there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import parse_qsl

from harness.config.nodes import Node, Problems, Refused, nearest
from harness.config.routes import fields_of
from harness.config.values import is_name, is_token, text
from harness.model.services import Route, Selector

Place = Literal["header", "json", "query", "path"]

_PLACES: dict[str, Place] = {"header": "header", "json": "json", "query": "query", "path": "path"}
_OTHER_NAMES = {"headers": "header", "body": "json", "param": "query", "params": "query", "segment": "path"}
_FORMS = "expected header:Name, json:/pointer, query:name or path:name"
_POINTER = re.compile(r"(?:/(?:[^/~]|~0|~1)*)+")  # RFC 6901, and not the whole document


def selector(node: Node, problems: Problems) -> Selector:
    """Read ``header:Name``, ``json:/pointer`` (RFC 6901), ``query:name`` or ``path:name``."""
    if node.value is None or node.value == "":
        raise Refused(node, f"no selector stands here; {_FORMS}, such as header:Idempotency-Key or json:/order/id")
    written = text(node, problems)
    place, colon, rest = written.partition(":")
    if not colon or place not in _PLACES:
        raise Refused(node, _FORMS, _nearest_form(place.strip(), colon, rest.strip()))
    if place == "json" and not _POINTER.fullmatch(rest):
        message = "expected a JSON pointer (RFC 6901) after json:, such as json:/order/id"
        raise Refused(node, message, _nearest_pointer(rest))
    if place == "header" and not is_token(rest):
        right = rest.strip()
        near = f"header:{right}" if is_token(right) else ""
        raise Refused(node, "expected the name of a header field after header:", near)
    if place == "path" and not is_name(rest):
        right = rest.strip("{ }")
        near = f"path:{right}" if is_name(right) else ""
        raise Refused(node, "expected the name of a field in the path after path:", near)
    if not rest:
        raise Refused(node, "expected the name of a parameter after query:")
    return Selector(place=_PLACES[place], name=rest)


def _nearest_pointer(rest: str) -> str:
    """Return the pointer that a dotted path or a bare name most likely meant."""
    parts = [part for part in re.split(r"[./]", rest.strip().removeprefix("$")) if part]
    return f"json:/{'/'.join(parts)}" if parts and all("~" not in part for part in parts) else ""


def _nearest_form(place: str, colon: str, rest: str) -> str:
    """Return the selector that something without a known place most likely meant."""
    if not colon:
        return f"json:{place}" if _POINTER.fullmatch(place) else f"header:{place}" if is_token(place) else ""
    right = _OTHER_NAMES.get(place.casefold()) or nearest(place, _PLACES)
    if right == "json" and not _POINTER.fullmatch(rest):
        return _nearest_pointer(rest)
    return f"{right}:{rest}" if right and rest else ""


def pointers(value: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield every JSON pointer into ``value`` with what lies there, the whole document left out."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in members:
        pointer = f"{prefix}/{str(name).replace('~', '~0').replace('/', '~1')}"
        yield pointer, child
        yield from pointers(child, pointer)


def refuse_nowhere(node: Node, selected: Selector, route: Route, example: object) -> None:
    """Refuse an identity that nothing in the example stands for, since it could never be made fresh.

    ``example`` is the JSON body, None where there is none. A header needs no example: it is added.
    """
    if selected.place == "json":
        _refuse_pointer(node, selected, example)
    elif selected.place == "query":
        given = [name for name, _ in parse_qsl(route.path.partition("?")[2], keep_blank_values=True)]
        _refuse_absent(node, selected, given, "the request's query has no such parameter")
    elif selected.place == "path":
        _refuse_absent(node, selected, fields_of(route.path), "the request's path has no such {field}")


def _refuse_absent(node: Node, selected: Selector, given: tuple[str, ...] | list[str], message: str) -> None:
    """Refuse a name that is not among ``given``."""
    if selected.name not in given:
        near = nearest(selected.name, given)
        raise Refused(node, message, f"{selected.place}:{near}" if near else "")


def _refuse_pointer(node: Node, selected: Selector, example: object) -> None:
    """Refuse a pointer to nothing, or to what cannot hold an identity."""
    if example is None:
        raise Refused(node, "there is no json example that this could point into")
    places = dict(pointers(example))
    if selected.name not in places:
        near = nearest(selected.name, [place for place, value in places.items() if isinstance(value, str)])
        raise Refused(node, "nothing lies there in the json example", f"json:{near}" if near else "")
    if not isinstance(places[selected.name], str):
        raise Refused(node, "an identity is text (a UUID), and what lies there in the json example is not")
