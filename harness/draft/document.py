"""What an OpenAPI document offers to begin with: what it calls an operation, and an example of its body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.model.services import Route
from harness.plan.openapi import as_sent, followed

METHODS = ("post", "put", "patch")


def documented_routes(document: object) -> Iterator[tuple[Route, str]]:
    """Yield the routes of a document that change something, each with its ``operationId`` (empty: it has none)."""
    for path, item in _members(_members(document).get("paths")).items():
        for method, declared in _members(item).items():
            if method.lower() in METHODS:
                yield Route(method=method.upper(), path=as_sent(path)), str(_members(declared).get("operationId", ""))


def given_example(document: object, route: Route) -> object:
    """Return the example that a document gives for the JSON body of a route; None: it gives none."""
    items = _members(_members(document).get("paths")).items()
    item = next((item for path, item in items if as_sent(path) == route.path), None)
    declared = _members(item).get(route.method.lower())
    content = _members(_followed(document, _members(declared).get("requestBody")).get("content"))
    for media, described in content.items():
        if "json" not in media:
            continue
        told = _members(described)
        if "example" in told:
            return told["example"]
        for named in _members(told.get("examples")).values():
            return _followed(document, named).get("value")
    return None


def _followed(document: object, node: object) -> Mapping[str, object]:
    try:
        return followed(document, node)
    except ValueError:
        return {}


def _members(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
