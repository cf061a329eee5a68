"""Readers of routes: a method and a path, as in ``GET /healthz``, with the fields that its place allows."""

from __future__ import annotations

import re
from urllib.parse import quote

from harness.config.nodes import Node, Problems, Refused, nearest
from harness.config.values import is_name, text
from harness.model.services import Route

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""The methods that a route can have."""
_PATH = re.compile(r"/(?:[!-\"$&-~]|%[0-9A-Fa-f]{2})*")
_ANSWER_FIELD = re.compile(r"answer(?:\.[^.{}]+)+")
_SAFE = "/?&=%:@!$'()*+,;~.-_"
_FIELD = re.compile(r"\{([^{}]*)\}")


def fields_of(path: str) -> tuple[str, ...]:
    """Return the names of the ``{name}`` fields of a path, in order."""
    return tuple(_FIELD.findall(path))


def parse_route(node: Node, written: str) -> Route:
    """Return the route that ``written`` is: a method and a path with balanced fields."""
    method, gap, path = written.partition(" ")
    if not gap and method.startswith("/"):
        raise Refused(node, "expected a method and a path, such as GET /healthz", f"GET {written}")
    if method not in METHODS:
        near = nearest(method, METHODS)
        shown = f"{near} {path}" if near and path else ""
        raise Refused(node, f"expected a method and a path; the methods are {', '.join(METHODS)}", shown)
    if not path.startswith("/"):
        raise Refused(node, "expected a path that begins with / after the method", _rooted(method, path))
    if not _PATH.fullmatch(path):
        right = "" if "{" in path else f"{method} {quote(path.split('#')[0], safe=_SAFE)}"
        raise Refused(node, "a path is visible ASCII, percent-encoded, without a fragment", right)
    if set("{}") & set(_FIELD.sub("", path)):
        raise Refused(node, "a { or } in this path has no partner")
    return Route(method=method, path=path)


def _rooted(method: str, path: str) -> str:
    """Return the route that a relative path or a whole URL most likely meant."""
    bare = re.sub(r"^https?://[^/]*", "", path).lstrip("/")
    return f"{method} /{bare}" if path and " " not in bare else ""


def _refuse_fields(node: Node, route: Route, why: str) -> None:
    """Refuse a route with ``{name}`` fields."""
    if fields_of(route.path):
        raise Refused(node, f"{why}; {{{fields_of(route.path)[0]}}} has no value here")


def get_route(node: Node, problems: Problems) -> Route:
    """Read a route that anyone can GET at any time: no fields."""
    route = parse_route(node, text(node, problems))
    _refuse_fields(node, route, "this route is asked for as it stands")
    if route.method != "GET":
        raise Refused(node, "only GET is safe to ask over and over", f"GET {route.path}")
    return route


def request_route(node: Node, problems: Problems) -> Route:
    """Read the route of an operation; a field must be filled by an identity (``event: path:name``)."""
    route = parse_route(node, text(node, problems))
    return _named_fields(node, route)


def _named_fields(node: Node, route: Route) -> Route:
    """Refuse fields without a proper name, and one name twice."""
    fields = fields_of(route.path)
    for field in fields:
        if not is_name(field):
            raise Refused(node, f"{{{field}}} is not a field; a field is a name in braces, such as {{id}}")
    if len(set(fields)) < len(fields):
        raise Refused(node, "a field stands twice in this path")
    return route


def call_route(node: Node, problems: Problems) -> Route:
    """Read the route of a call to a dependency; fields are whole segments, and there is no query."""
    return parse_call_route(node, text(node, problems))


def parse_call_route(node: Node, written: str) -> Route:
    """Return the route of a call that ``written`` is."""
    route = _named_fields(node, parse_route(node, written))
    if "?" in route.path:
        raise Refused(
            node, "a call is matched by its path; leave the query out", f"{route.method} {route.path.split('?')[0]}"
        )
    if any(fields_of(part) and not _FIELD.fullmatch(part) for part in route.path.split("/")):
        raise Refused(node, "a field is a whole segment of the path, such as /entries/{id}")
    return route


def read_route(node: Node, problems: Problems) -> Route:
    """Read the route that reads back what was stored; its fields are fields of the answer."""
    route = parse_route(node, text(node, problems))
    right = f"GET {_FIELD.sub(_answer_field, route.path)}"
    if route.method != "GET":
        raise Refused(node, "what was stored is read back with GET", right)
    for field in fields_of(route.path):
        if not _ANSWER_FIELD.fullmatch(field):
            near = right if is_name(field) else ""
            raise Refused(node, f"{{{field}}} is not a field of the answer, such as {{answer.id}}", near)
    return route


def _answer_field(match: re.Match[str]) -> str:
    """Return the field of the answer that a bare name most likely meant."""
    return f"{{answer.{match.group(1)}}}" if is_name(match.group(1)) else match.group()


def path_only(node: Node, problems: Problems) -> str:
    """Read a path of the service, such as ``/openapi.json``."""
    written = text(node, problems)
    if not written.startswith("/"):
        raise Refused(node, "expected a path of the service that begins with /", _rooted("", written).strip())
    route = parse_route(node, f"GET {written}")
    _refuse_fields(node, route, "this path stands for itself")
    return route.path
