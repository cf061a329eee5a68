"""The schemas of an OpenAPI document, made to stand alone as JSON Schema 2020-12.

``$ref`` (RFC 6901 pointers into the same document) is replaced by what it names. A schema that
contains itself keeps a ``$ref`` into its own ``$defs`` at the point where it would
repeat. OpenAPI 3.0 says three things differently (``nullable``, boolean ``exclusiveMinimum`` and
``exclusiveMaximum``); they are translated.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

_MOST_NODES = 20_000
"""A document whose schema grows beyond this when written out is refused: references can multiply like rabbits."""

Translate = Callable[[dict[str, object]], dict[str, object]]


def as_sent(template: str) -> str:
    """Return the template of a path as it goes over the wire: percent-encoded, with ``{name}`` for what varies."""
    return quote(template, safe="/{}%:@!$&'()*+,;=~")


def pointed(document: object, reference: str) -> object:
    """Return what ``#/a/b`` names in ``document``; ValueError where it names nothing or lies elsewhere."""
    if not reference.startswith("#"):
        raise ValueError(f"{reference} lies outside of the document")
    found = document
    for raw in reference[1:].split("/")[1:]:
        name = raw.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, dict) or name not in found:
            raise ValueError(f"{reference} names nothing")
        found = found[name]
    return found


def followed(document: object, node: object) -> dict[str, object]:
    """Return the object that ``node`` is or refers to; ValueError where it is none."""
    for _ in range(16):
        if not isinstance(node, dict):
            break
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        node = pointed(document, reference)
    raise ValueError("not an object, or a reference without an end")


def standalone(document: dict[str, object], schema: object) -> object:
    """Return ``schema`` with every reference resolved; ValueError where one cannot be."""
    old = str(document.get("openapi", "")).startswith("3.0")
    writing = _Writing(document, from_30 if old else _unchanged)
    root = writing.written(schema, ())
    if not isinstance(root, dict) or not writing.repeated:
        return root
    done: dict[str, object] = {}
    while missing := [name for name in writing.repeated if name not in done]:
        done[missing[0]] = writing.written(pointed(document, writing.repeated[missing[0]]), (missing[0],))
    return {**root, "$defs": done}


def from_30(schema: dict[str, object]) -> dict[str, object]:
    """Return one level of an OpenAPI 3.0 schema in the words of JSON Schema 2020-12."""
    found = dict(schema)
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(flag := found.get(exclusive), bool):
            del found[exclusive]
            if flag and limit in found:
                found[exclusive] = found.pop(limit)
    if found.get("nullable") is not True:
        return found
    del found["nullable"]
    return {"anyOf": [found, {"type": "null"}]}


def _unchanged(schema: dict[str, object]) -> dict[str, object]:
    return schema


class _Writing:
    """One schema being written out: what was repeated, and how much has been written."""

    def __init__(self, document: dict[str, object], translate: Translate) -> None:
        self.document = document
        self.translate = translate
        self.repeated: dict[str, str] = {}
        self.nodes = 0

    def written(self, node: object, above: tuple[str, ...]) -> object:
        """Return ``node`` with its references resolved; ``above`` names those that it stands in."""
        self.nodes += 1
        if self.nodes > _MOST_NODES or len(above) > 64:
            raise ValueError("the schema is too large when written out")
        if isinstance(node, list):
            return [self.written(item, above) for item in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return self.translate({key: self.written(value, above) for key, value in node.items()})
        return self._resolved(reference, node, above)

    def _resolved(self, reference: str, node: dict[str, object], above: tuple[str, ...]) -> object:
        """Return what a reference stands for; its siblings hold beside it (2020-12, Core 8.2.3.1)."""
        name = reference.lstrip("#/").replace("/", ".").replace("~", "-").replace("%", "-")
        if name in above:
            self.repeated[name] = reference
            found: object = {"$ref": f"#/$defs/{name}"}
        else:
            found = self.written(pointed(self.document, reference), (*above, name))
        beside = {
            key: self.written(value, above) for key, value in node.items() if key not in ("$ref", "discriminator")
        }
        if self.translate is from_30 or not beside:
            return found
        return {**beside, "allOf": [found]} if "allOf" not in beside else {"allOf": [found, beside]}
