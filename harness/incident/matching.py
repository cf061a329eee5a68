"""Which operation a seen message asks for, and where in it the identity of its event stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import quote, unquote

from harness.exchange.places import span
from harness.exchange.raw_http import chunked_end
from harness.model.messages import HOST_PLACEHOLDER, Chunk, Headers, Message, Request, Wire
from harness.model.records import record
from harness.model.services import Operation, Route, Selector
from harness.mutations.pointers import parse

_FIELD = re.compile(r"\\\{[^{}]*\\\}")
_FIRST = re.compile(rb"\s*([A-Za-z]+) (/[!-~]*)")
_HOST = re.compile(rb"(?im)^(host:[ \t]*)[\w.-]+(?::\d{1,5})?(?=[ \t]*\r?$)")
_OF_THE_CONNECTION = frozenset({"connection", "keep-alive", "proxy-connection", "expect", "host"})
"""Fields about the connection that a request came on; the client of today has its own."""


@record
class Asked:
    """A message's own method and target, as far as they can be told."""

    method: str
    target: str

    def __str__(self) -> str:
        return f"{self.method} {self.target}"


def asked(message: Message) -> Asked:
    """Return what a message asks for; of exact bytes what their first line says, empty where it says nothing."""
    if isinstance(message, Request):
        return Asked(method=message.method, target=message.target)
    found = _FIRST.match(message.data)
    return Asked(method=found[1].decode(), target=found[2].decode()) if found else Asked(method="", target="")


def operation_of(message: Message, operations: Sequence[Operation]) -> Operation | None:
    """Return the operation that a message asks for: that of the most literal path, then of the same media type."""
    what = asked(message)
    fitting = [operation for operation in operations if fits(operation.route, what) is not None]
    ranked = sorted(
        fitting, key=lambda operation: (-_literal(operation.route), _media(message) != _own_media(operation))
    )
    return ranked[0] if ranked else None


def fits(route: Route, what: Asked) -> re.Match[str] | None:
    """Return how a route's path fits the path that was asked for, its fields in order; None: it does not."""
    if route.method != what.method:
        return None
    pattern = _FIELD.sub("([^/]+)", re.escape(route.path.partition("?")[0]))
    return re.fullmatch(pattern, what.target.partition("?")[0])


def _literal(route: Route) -> int:
    return len(re.sub(r"\{[^{}]*\}", "", route.path))


def _media(message: Message) -> str:
    headers = message.headers if isinstance(message, Request) else ()
    return _value(headers, "content-type").partition(";")[0].strip().lower()


def _own_media(operation: Operation) -> str:
    own = _value(operation.headers, "content-type").partition(";")[0].strip().lower()
    return own or ("application/json" if operation.json is not None else "")


def _value(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key.lower() == name.lower()), "")


def sent_again(message: Message) -> Message:
    """Return a message as the client of today sends it: to the service of today, on a connection of its own.

    Fields about the connection, framing that is or can be the client's own, and the Host go; of exact bytes only the
    Host that names another machine.
    """
    if isinstance(message, Wire):
        data = _HOST.sub(lambda found: found[1] + HOST_PLACEHOLDER, message.data, count=1)
        return replace(message, chunks=(Chunk(data=data),)) if data != message.data else message
    in_chunks = chunked_end(message.body, 0) == len(message.body)
    gone = _OF_THE_CONNECTION if in_chunks else _OF_THE_CONNECTION | {"transfer-encoding"}
    length = ("content-length", str(len(message.body)))
    kept = tuple((n, v) for n, v in message.headers if n.lower() not in gone and (n.lower(), v) != length)
    return replace(message, headers=kept)


def identity_of(operation: Operation, message: Message) -> tuple[str, ...]:
    """Return what identifies the event that a message carries, a text for each part; empty where one is missing."""
    if not operation.event:
        return ()
    if isinstance(message, Wire):
        found = [_wire_value(selector, message) for selector in operation.event]
    else:
        found = [_part(selector, operation, message) for selector in operation.event]
    return tuple(found) if all(found) else ()


def with_identity(operation: Operation, message: Message, identity: str) -> Message:
    """Return a message whose parts that identify its event are ``identity``; every other byte stays as it is."""
    for selector in operation.event:
        if isinstance(message, Wire):
            message = _in_wire(message, _wire_value(selector, message), identity)
        else:
            message = _identified(selector, operation, message, identity)
    return message


def _part(selector: Selector, operation: Operation, request: Request) -> str:
    """Return one part of the identity as the request has it; empty where it has none."""
    match selector.place:
        case "header":
            return _value(request.headers, selector.name)
        case "query":
            return next((unquote(v) for name, v in _parameters(request.target) if unquote(name) == selector.name), "")
        case "path":
            return unquote(_in_path(selector, operation, request)[0])
        case "json":
            found = _in_json(selector, request.body)
            return found[2] if found else ""


def _identified(selector: Selector, operation: Operation, request: Request, identity: str) -> Request:
    """Return the request with ``identity`` as one part."""
    match selector.place:
        case "header":
            name = selector.name.lower()
            return replace(
                request, headers=tuple((k, identity if k.lower() == name else v) for k, v in request.headers)
            )
        case "query":
            path, _, query = request.target.partition("?")
            pairs = [p for p in query.split("&") if unquote(p.partition("=")[0]) == selector.name]
            again = quote(selector.name, safe="") + f"={identity}"
            whole = "&".join(again if part in pairs else part for part in query.split("&"))
            return replace(request, target=f"{path}?{whole}")
        case "path":
            _, start, end = _in_path(selector, operation, request)
            return replace(request, target=request.target[:start] + identity + request.target[end:])
        case "json":
            found = _in_json(selector, request.body)
            text = request.body.decode("utf-8")
            changed = text[: found[0]] + json.dumps(identity) + text[found[1] :] if found else text
            return replace(request, body=changed.encode("utf-8"))


def _parameters(target: str) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, _, value in (p.partition("=") for p in target.partition("?")[2].split("&")))


def _in_path(selector: Selector, operation: Operation, request: Request) -> tuple[str, int, int]:
    """Return what stands in the path's field, and where; nothing where the path has no such field."""
    found = fits(operation.route, asked(request))
    names = re.findall(r"\{([^{}]*)\}", operation.route.path)
    if found is None or selector.name not in names:
        return "", 0, 0
    place = names.index(selector.name) + 1
    return found[place], *found.span(place)


def _in_json(selector: Selector, body: bytes) -> tuple[int, int, str] | None:
    """Return where the text stands in a JSON body that a pointer names, and the text; None where there is none."""
    try:
        text = body.decode("utf-8")
        way = parse(selector.name, json.loads(text))
        found = span(text, way)
    except (ValueError, KeyError, IndexError, RecursionError):
        return None
    value = json.loads(text[slice(*found)]) if found else None
    return (*found, value) if found and isinstance(value, str) else None


def _wire_value(selector: Selector, message: Wire) -> str:
    """Return a header's value in exact bytes; other parts of an identity are not looked for in them."""
    if selector.place != "header":
        return ""
    head = message.data.partition(b"\r\n\r\n")[0]
    found = re.search(rb"(?im)^" + re.escape(selector.name.encode()) + rb":[ \t]*([^\r\n]*?)[ \t]*\r?$", head)
    return found[1].decode("latin-1") if found else ""


def _in_wire(message: Wire, value: str, identity: str) -> Wire:
    """Return exact bytes with another value in their head."""
    head, blank, body = message.data.partition(b"\r\n\r\n")
    data = head.replace(value.encode("latin-1"), identity.encode()) + blank + body if value else message.data
    return replace(message, chunks=(Chunk(data=data),))
