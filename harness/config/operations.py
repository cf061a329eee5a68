"""Reads the ``operations`` section: what the service offers, a valid example of each, and its effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.config.dependencies import note_name, selectors
from harness.config.nodes import (
    Node,
    Problems,
    Reader,
    Refused,
    distinct,
    each,
    items_of,
    mapping_of,
    members,
    one_or_more,
)
from harness.config.routes import fields_of, parse_call_route, read_route, request_route
from harness.config.selectors import refuse_nowhere, selector
from harness.config.values import body, headers, is_name, json_value, text, whole
from harness.model.services import EffectRef, Operation, Route, Selector

_MOST_CALLS = 1000


def _effect(node: Node, problems: Problems) -> EffectRef:
    """Read ``ledger POST /entries``: the dependency and the declared call."""
    written = text(node, problems)
    dependency, gap, call = written.partition(" ")
    if not gap or not is_name(dependency):
        raise Refused(node, "expected a dependency and one of its calls, such as ledger POST /entries")
    return EffectRef(dependency=dependency, route=parse_call_route(node, call))


def _statuses(node: Node, problems: Problems) -> tuple[int, ...]:
    """Read a list of error statuses."""
    items = items_of(node)
    distinct(items, problems, "status")
    return each(items, _error_status, problems)


def _error_status(node: Node, problems: Problems) -> int:
    """Read one error status that a service may declare."""
    code: int = whole(400, 599)(node, problems)
    if code == 500:
        raise Refused(node, "500 is a crash and no answer that a service declares", "503")
    return code


OPERATION: Mapping[str, Reader] = {
    "request": request_route,
    "headers": headers,
    "json": json_value,
    "body": body,
    "event": selectors,
    "effect": _effect,
    "read": read_route,
    "failing": _statuses,
    "in_flight": _statuses,
    "most_calls": whole(1, _MOST_CALLS),
}
"""The keys of one of ``operations``."""


def _operation(node: Node, problems: Problems) -> Operation | None:
    """Read one operation; None where its route cannot be read."""
    read = members(node, OPERATION, problems, required=["request"])
    _note_body(node, read, problems)
    if "request" not in read:
        return None
    route: Route = read.pop("request")
    _note_identities(node, route, read, problems)
    return Operation(name=node.key.rpartition(".")[2], route=route, **read)


def _note_body(node: Node, read: Mapping[str, Any], problems: Problems) -> None:
    """Note a body that cannot be sent as it is declared."""
    given = mapping_of(node)
    content = given.get("json") or given.get("body")
    route: Route | None = read.get("request")
    if "json" in given and "body" in given:
        problems.note_name(given["body"], "json is the body already; only one of json, body")
    elif content and route and route.method in ("GET", "HEAD"):
        problems.note_name(content, f"a {route.method} request has no body that means anything (RFC 9110, 9.3)")
    elif "body" in given and not _names_content(given):
        problems.note_name(given["body"], "a body needs its Content-Type under headers")


def _names_content(given: Mapping[str, Node]) -> bool:
    """Return whether Content-Type stands among the headers (or whether they cannot be read)."""
    fields = given["headers"].value if "headers" in given else {}
    return not isinstance(fields, dict) or any(field.casefold() == "content-type" for field in fields)


def _note_identities(node: Node, route: Route, read: Mapping[str, Any], problems: Problems) -> None:
    """Note identities that stand for nothing in the example, and path fields that no identity fills."""
    given = mapping_of(node)
    filled: set[str] = set()
    for part in one_or_more(given["event"]) if "event" in read else ():
        each([part], lambda one, also: filled.add(_placed(one, also, route, given, read)), problems)
    for field in fields_of(route.path):
        if field not in filled and ("event" in read or "event" not in given):
            problems.note(given["request"], f"{{{field}}} has no value; an identity can fill it: event: path:{field}")


def _placed(part: Node, problems: Problems, route: Route, given: Mapping[str, Node], read: Mapping[str, Any]) -> str:
    """Return the path field that an identity fills (empty: none); refuse one that stands for nothing."""
    selected: Selector = selector(part, Problems(problems.file))
    if selected.place != "json" or "json" in read or "json" not in given:
        refuse_nowhere(part, selected, route, read.get("json"))
    return selected.name if selected.place == "path" else ""


def operations(node: Node, problems: Problems) -> tuple[Operation, ...]:
    """Read the section."""
    given = mapping_of(node)
    if not given:
        raise Refused(node, "expected at least one operation; without one there is nothing to test")
    for label, child in given.items():
        note_name(label, child, problems)
    found = each(given.values(), _operation, problems)
    return tuple(one for one in found if one is not None)
