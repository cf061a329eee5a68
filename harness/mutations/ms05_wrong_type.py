"""MS05: in each field a value of every other type, and the same value in another type's clothes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "A value of another type is refused, never converted in silence."

_TYPES: dict[str, object] = {"text": "text", "integer": 7, "fraction": 0.5, "list": ["text"], "object": {"a": 1}}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, value in specimen.fields():
        for label, other in (*_others(value), *_disguises(value)):
            document = replaced(specimen.document, path, other)
            expect = by_schema(specimen, document, rule=RULE, field=dotted(path))
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


def _others(value: object) -> Iterator[tuple[str, object]]:
    """Yield a value of each type that ``value`` is not of; booleans have an entry of their own (MS06)."""
    for label, other in _TYPES.items():
        if type(other) is not type(value):
            yield label, other


def _disguises(value: object) -> Iterator[tuple[str, object]]:
    """Yield what a lenient parser would take for ``value``."""
    if isinstance(value, bool | int | float):
        yield "as-text", json.dumps(value)
        yield "in-a-list", [value]
    if isinstance(value, int) and not isinstance(value, bool):
        yield "as-fraction", float(value)
    if isinstance(value, bool):
        yield "as-integer", int(value)
    if isinstance(value, str):
        yield "in-a-list", [value]
    if isinstance(value, list | dict):
        yield "as-text", json.dumps(value)


MALFORMATION = Malformation(
    id="MS05",
    title="wrong type",
    trouble="wrong-type",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a field",
)
