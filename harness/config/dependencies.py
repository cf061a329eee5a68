"""Reads the ``dependencies`` section: what the service calls, and what each call changes there."""

from __future__ import annotations

import re
from collections.abc import Mapping

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
    nearest,
    one_or_more,
)
from harness.config.placeholders import note_near_misses
from harness.config.routes import call_route, fields_of, path_only
from harness.config.selectors import selector
from harness.config.service import variable
from harness.config.values import body, headers, is_name, json_value, status, whole
from harness.model.services import AnswerScript, Call, Dependency, EffectKind, Route, Selector

_KEYED = "expected keyed with its key, such as {keyed: header:Idempotency-Key}"
_BODILESS = (204, 304)

Effect = tuple[EffectKind, tuple[Selector, ...]]


def selectors(node: Node, problems: Problems) -> tuple[Selector, ...]:
    """Read one selector or a list of them, each once."""
    nodes = one_or_more(node)
    if not nodes:
        raise Refused(node, "expected at least one selector")
    distinct(nodes, problems, "selector")
    return each(nodes, selector, problems)


def _effect(node: Node, problems: Problems) -> Effect:
    """Read ``none``, ``unkeyed`` or ``{keyed: selectors}``."""
    if isinstance(node.value, Mapping):
        read = members(node, {"keyed": selectors}, problems, required=["keyed"])
        return EffectKind.KEYED, read.get("keyed", ())
    if node.value == "keyed":
        raise Refused(node, _KEYED)
    if node.value in ("none", "unkeyed"):
        return EffectKind(str(node.value)), ()
    near = "none" if node.value is None or node.value is False else nearest(str(node.value), EffectKind)
    raise Refused(node, "expected none, unkeyed or {keyed: ...}", near if near != "keyed" else "{keyed: ...}")


def _answer_json(node: Node, problems: Problems) -> object:
    """Read the JSON of an answer, with its placeholders."""
    note_near_misses(node, ("uuid", "now", "n", "request.json", "request.path"), problems)
    return json_value(node, problems)


ANSWER: Mapping[str, Reader] = {"status": status, "headers": headers, "json": _answer_json, "body": body}
"""The keys of ``answer``."""


def _answer(node: Node, problems: Problems) -> AnswerScript:
    """Read what the double answers."""
    read = members(node, ANSWER, problems)
    given = mapping_of(node)
    if "json" in given and "body" in given:
        problems.note_name(given["body"], "json is the body already; only one of json, body")
    elif read.get("status") in _BODILESS and ("json" in given or "body" in given):
        content = given.get("json") or given["body"]
        problems.note_name(content, f"an answer {read['status']} has no body (RFC 9110, 15)")
    return AnswerScript(**read)


CALL: Mapping[str, Reader] = {"request": call_route, "effect": _effect, "answer": _answer, "store": path_only}
"""The keys of one of ``calls``."""


def _call(node: Node, problems: Problems) -> Call | None:
    """Read one kind of call; None where its route cannot be read."""
    read = members(node, CALL, problems, required=["request"])
    kind, key = read.pop("effect", (None, ()))
    if "store" in read and kind is not EffectKind.KEYED and (kind or "effect" not in mapping_of(node)):
        stored = mapping_of(node)["store"]
        problems.note_name(stored, "what is stored is read back by its key; this needs effect: {keyed: ...}")
    if "request" not in read:
        return None
    route: Route = read.pop("request")
    _note_segments(node, route, problems)
    return Call(route=route, effect=kind or EffectKind.NONE, key=key, **read)


def _note_segments(node: Node, route: Route, problems: Problems) -> None:
    """Note every ``path:name`` of a key that names no field of the route."""
    effect = mapping_of(node).get("effect")
    keyed = effect.value.get("keyed") if effect and isinstance(effect.value, Mapping) else None
    fields = fields_of(route.path)
    for part in one_or_more(keyed) if keyed else ():
        place, _, field = str(part.value).partition(":")
        if place == "path" and field and field not in fields:
            near = nearest(field, fields)
            problems.note(part, "the path of this call has no such {field}", f"path:{near}" if near else "")


def _calls(node: Node, problems: Problems) -> tuple[Call, ...]:
    """Read the declared calls, each route once."""
    calls: list[Call] = []
    seen: dict[Route, Node] = {}
    for item in items_of(node):
        call = each([item], _call, problems)
        for read in call:
            if read is None:
                continue
            place = mapping_of(item)["request"]
            if read.route in seen:
                problems.note(place, f"this call stands in line {seen[read.route].line} already")
            seen.setdefault(read.route, place)
            calls.append(read)
    return tuple(calls)


DEPENDENCY: Mapping[str, Reader] = {"env": variable, "calls": _calls, "port": whole(1, 65535)}
"""The keys of one of ``dependencies``."""


def _dependency(node: Node, problems: Problems) -> Dependency:
    """Read one dependency; whether it needs ``env`` or ``port`` depends on how the service runs."""
    return Dependency(name=node.key.rpartition(".")[2], **members(node, DEPENDENCY, problems))


def dependencies(node: Node, problems: Problems) -> tuple[Dependency, ...]:
    """Read the section."""
    given = mapping_of(node)
    for label, child in given.items():
        note_name(label, child, problems)
    return each(given.values(), _dependency, problems)


def note_name(label: str, child: Node, problems: Problems) -> None:
    """Note a key that is not a name: reports, case ids and commands carry it."""
    if not is_name(label):
        right = re.sub(r"[^A-Za-z0-9_-]+", "_", label)
        message = "a name is a letter, then letters, digits, _ and -"
        problems.note_name(child, message, right if is_name(right) else "")
