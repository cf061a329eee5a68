"""A call as the double read it, and where in it a value lies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from harness.model.messages import Headers
from harness.model.records import record
from harness.model.services import Route, Selector

MISSING = object()
"""Stands for a value that is not there, which JSON's null is not."""


@record
class Asked:
    """One call: ``target`` as sent, ``path`` percent-encoded, ``json`` MISSING where the body is not strict JSON."""

    method: str
    target: str
    path: str
    query: str
    headers: Headers
    body: bytes
    json: object = MISSING


def read_call(method: str, target: str, headers: Headers, body: bytes) -> Asked:
    """Return the call with its parts told apart; ``target`` in origin form or absolute form (RFC 9112, section 3.2)."""
    rest = target if target.startswith("/") else urlsplit(target)._replace(scheme="", netloc="").geturl() or "/"
    path, _, query = rest.partition("?")
    return Asked(
        method=method, target=target, path=path, query=query, headers=headers, body=body, json=parse_json(body)
    )


def parse_json(body: bytes) -> object:
    """Return the JSON value of ``body``, MISSING where it is not JSON (RFC 8259: no NaN) or nested beyond reading."""
    try:
        found: object = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return MISSING
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def at_pointer(value: object, pointer: str) -> object:
    """Return what lies at ``pointer`` (RFC 6901; empty: the whole), MISSING where nothing does."""
    for token in pointer.split("/")[1:]:
        value = _child(value, token.replace("~1", "/").replace("~0", "~"))
    return value


def _child(value: object, token: str) -> object:
    if isinstance(value, dict):
        return value.get(token, MISSING)
    if isinstance(value, list) and token.isascii() and token.isdigit() and str(int(token)) == token:
        return value[int(token)] if int(token) < len(value) else MISSING
    return MISSING


def path_segments(route: Route, path: str) -> Mapping[str, str] | None:
    """Return the values of the route's ``{name}`` segments in ``path``, None where the path is another one."""
    wanted, found = route.path.split("/"), path.split("/")
    if len(wanted) != len(found):
        return None
    values: dict[str, str] = {}
    for want, have in zip(wanted, found, strict=True):
        if want.startswith("{") and want.endswith("}") and have:
            values[want[1:-1]] = unquote(have)
        elif unquote(have) != want:
            return None
    return values


def select(selector: Selector, asked: Asked, segments: Mapping[str, str]) -> str | None:
    """Return the text that ``selector`` names in the call; None where it is missing, null or empty: no key at all."""
    value = _PLACES[selector.place](selector.name, asked, segments)
    if value is MISSING or value is None or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def _in_header(name: str, asked: Asked, _: Mapping[str, str]) -> object:
    return next((value for key, value in asked.headers if key.lower() == name.lower()), MISSING)


def _in_json(name: str, asked: Asked, _: Mapping[str, str]) -> object:
    return at_pointer(asked.json, name)


def _in_query(name: str, asked: Asked, _: Mapping[str, str]) -> object:
    return next((value for key, value in parse_qsl(asked.query, keep_blank_values=True) if key == name), MISSING)


def _in_path(name: str, _: Asked, segments: Mapping[str, str]) -> object:
    return segments.get(name, MISSING)


_PLACES = {"header": _in_header, "json": _in_json, "query": _in_query, "path": _in_path}
