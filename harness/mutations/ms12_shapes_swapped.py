"""MS12: objects, lists and their texts in the place of one another."""

from __future__ import annotations

import json
from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "An object, a list and a text that holds one are three things: none is taken for another."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, value in ((), specimen.document), *specimen.fields(64):
        if not specimen.is_json or not isinstance(value, dict | list):
            continue
        for label, other in _swapped(value).items():
            document = replaced(specimen.document, path, other)
            expect = by_schema(specimen, document, rule=RULE, statuses=(422, 400), field=dotted(path))
            yield variant(specimen, f"{label}-{dotted(path) or 'all'}", specimen.with_json(document), expect)


def _swapped(value: dict[str, object] | list[object]) -> dict[str, object]:
    """Return what careless code would take for ``value``."""
    text = {"as-text": json.dumps(value)}
    if isinstance(value, dict):
        return {**text, "in-a-list": [value], "as-pairs": [[name, inner] for name, inner in value.items()]}
    numbered: dict[str, object] = {str(index): item for index, item in enumerate(value)}
    only = {"first-item-alone": value[0]} if value else {}
    return {**text, "in-a-list": [value], "as-numbered-object": numbered, **only}


MALFORMATION = Malformation(
    id="MS12",
    title="objects, lists and texts swapped",
    trouble="shape-swapped",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object or a list",
)
