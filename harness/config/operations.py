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
    noting,
    one_or_more,
)
from harness.config.routes import fields_of, parse_call_route, read_route, request_route
from harness.config.selectors import refuse_nowhere, selector
from harness.config.values import body, duration, headers, is_name, is_token, json_value, text, whole
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


def _in_answer(node: Node, problems: Problems) -> Selector:
    """Read the selector of a place in the JSON of an answer."""
    found = selector(node, problems)
    if found.place != "json":
        raise Refused(node, "expected a place in the answer's JSON, such as json:/degraded")
    return found


def _field_name(node: Node, problems: Problems) -> str:
    """Read the name of a header field."""
    written = text(node, problems)
    if not is_token(written):
        raise Refused(node, "expected the name of a header field, such as X-Request-Timeout-Ms")
    return written


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
    "recovery": duration,
    "degraded": _in_answer,
    "deadline_header": _field_name,
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
    parts = one_or_more(given["event"]) if "event" in read else ()
    placed = [(part, selected) for part in parts if (selected := _readable(part)) is not None]
    unread = "json" in given and "json" not in read
    for part, selected in placed:
        if selected.place != "json" or not unread:
            with noting(problems):
                refuse_nowhere(part, selected, route, read.get("json"))
    filled = {selected.name for _, selected in placed if selected.place == "path"}
    whole_event = len(placed) == len(parts) and ("event" in read or "event" not in given)
    for field in fields_of(route.path) if whole_event else ():
        if field not in filled:
            problems.note(given["request"], f"{{{field}}} has no value; an identity can fill it: event: path:{field}")


def _readable(part: Node) -> Selector | None:
    """Return the selector that ``part`` is; None where its reader has refused it already."""
    try:
        return selector(part, Problems(""))
    except Refused:
        return None


def operations(node: Node, problems: Problems) -> tuple[Operation, ...]:
    """Read the section."""
    given = mapping_of(node)
    if not given:
        raise Refused(node, "expected at least one operation; without one there is nothing to test")
    for label, child in given.items():
        note_name(label, child, problems)
    found = each(given.values(), _operation, problems)
    return tuple(one for one in found if one is not None)
