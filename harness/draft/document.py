"""What an OpenAPI document offers to begin with: what it calls an operation, and an example of its body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.model.services import Route
from harness.plan.contracts import bases, path_item
from harness.plan.openapi import as_sent, followed

CHANGING = ("POST", "PUT", "PATCH")
"""Methods that change something and say with what."""


def documented_routes(document: object) -> Iterator[tuple[Route, str]]:
    """Yield the routes of a document that change something, each with its ``operationId`` (empty: it has none).

    They lie below the path of the document's server, where it names one.
    """
    root = _members(document)
    below = [base for base in bases(dict(root)) if base]
    base = below[0] if len(below) == 1 else ""
    for path, item in _members(root.get("paths")).items():
        for method, declared in _members(item).items():
            if method.upper() in CHANGING and path.startswith("/"):
                route = Route(method=method.upper(), path=as_sent(base + path))
                yield route, str(_members(declared).get("operationId", ""))


def given_example(document: object, route: Route) -> object:
    """Return the example that a document gives for the JSON body of a route; None: it gives none."""
    root = dict(_members(document))
    declared = _members(path_item(root, route).get(route.method.lower()))
    content = _members(_followed(root, declared.get("requestBody")).get("content"))
    for media, described in content.items():
        if "json" not in media:
            continue
        told = _members(described)
        if "example" in told:
            return told["example"]
        for named in _members(told.get("examples")).values():
            return _followed(root, named).get("value")
    return None


def _followed(document: object, node: object) -> Mapping[str, object]:
    try:
        return followed(document, node)
    except ValueError:
        return {}


def _members(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
