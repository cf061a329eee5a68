"""What a declared schema says of a JSON value: legal, illegal, or it cannot tell.

The schema is the oracle of every shape that the catalogue sends, so it answers only what is sure:
a value is illegal where it breaks an assertion of JSON Schema 2020-12, legal where it breaks none
and none of its formats either. ``format`` is an annotation there (Validation, section 7.2): a value
that breaks only a format, or a schema with a format nobody here knows, leaves the question open.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

import jsonschema_rs

from harness.mutations.pointers import Path

_NUMBER_FORMATS = ("double", "float", "int32", "int64")
_TEXT_FORMATS = ("binary", "byte", "date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6")
_OTHER_FORMATS = ("json-pointer", "password", "regex", "time", "uri", "uri-reference", "uuid")
_KNOWN_FORMATS = frozenset((*_NUMBER_FORMATS, *_TEXT_FORMATS, *_OTHER_FORMATS))


class Legality(StrEnum):
    """What the schema says of a value."""

    LEGAL = "legal"
    ILLEGAL = "illegal"
    UNSURE = "unsure"


class BodySchema:
    """A compiled JSON Schema; ValueError where it is not one, or needs a document from elsewhere."""

    def __init__(self, schema: object) -> None:
        if not isinstance(schema, dict | bool):
            raise ValueError("a JSON Schema is an object or a boolean")  # noqa: TRY004 one error for all that is no schema
        self.document = schema
        self._lax = jsonschema_rs.Draft202012Validator(schema, validate_formats=False, retriever=_refuse)
        self._strict = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, retriever=_refuse)
        self._sure = _formats(schema) <= _KNOWN_FORMATS

    def judge(self, value: object) -> Legality:
        """Return what the schema says of ``value``."""
        try:
            if not self._lax.is_valid(value):
                return Legality.ILLEGAL
            legal = self._sure and self._strict.is_valid(value)
        except ValueError:
            # A lone surrogate cannot be handed to the validator at all: UnicodeEncodeError is a ValueError.
            return Legality.UNSURE
        return Legality.LEGAL if legal else Legality.UNSURE

    def at(self, path: Path) -> dict[str, object]:
        """Return the subschema for ``path`` where plain ``properties`` and ``items`` lead to it; else {}.

        On the way a choice between one schema and null is taken for that schema.
        """
        found: object = self.document
        for key in path:
            found = _not_null(found)
            if not isinstance(found, dict):
                return {}
            inner = found.get("items") if isinstance(key, int) else found.get("properties")
            found = inner.get(key) if isinstance(key, str) and isinstance(inner, dict) else inner
        return found if isinstance(found, dict) else {}

    def of_value(self, path: Path) -> dict[str, object]:
        """Return what :meth:`at` finds; of a choice between one schema and null, that schema."""
        found = _not_null(self.at(path))
        return found if isinstance(found, dict) else {}


def compiled(schema: object) -> BodySchema | None:
    """Return the compiled schema; None where there is none that could decide anything."""
    if schema is None:
        return None
    try:
        return BodySchema(schema)
    except ValueError:
        return None


def _not_null(schema: object) -> object:
    """Return the one alternative of ``schema`` that is not null; ``schema`` itself where there is no such choice."""
    choices = schema.get("anyOf", schema.get("oneOf")) if isinstance(schema, dict) else None
    others = [choice for choice in choices if choice != {"type": "null"}] if isinstance(choices, list) else []
    return others[0] if len(others) == 1 else schema


def _refuse(uri: str) -> NoReturn:
    """Refuse to fetch anything: a plan is made without a network."""
    raise ValueError(f"the schema refers to {uri}, which lies outside of its document")


def _formats(node: object) -> frozenset[str]:
    """Return every format that a schema names."""
    if isinstance(node, list):
        return frozenset().union(*map(_formats, node))
    if not isinstance(node, dict):
        return frozenset()
    own = node.get("format")
    inner = frozenset[str]().union(*map(_formats, node.values()))
    return inner | {own} if isinstance(own, str) else inner
