"""MS03: the empty value of each kind in each field."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.steps import Expected
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import Path, dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "An empty value is a value: where it is legal it is taken as it is, never as missing."

_EMPTIES: dict[str, tuple[object, str]] = {
    "empty-text": ("", "minLength"),
    "empty-list": ([], "minItems"),
    "empty-object": ({}, "minProperties"),
    "zero": (0, "minimum"),
    "false": (False, ""),
}
"""What is sent, and the keyword by which a schema says that it thought of it."""


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.fields():
        for label, (empty, keyword) in _EMPTIES.items():
            document = replaced(specimen.document, path, empty)
            legal = Expected.ACCEPTED if _thought_of(specimen, path, keyword) else Expected.EITHER
            expect = by_schema(specimen, document, rule=RULE, legal=legal, field=dotted(path))
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


def _thought_of(specimen: Specimen, path: Path, keyword: str) -> bool:
    """Whether the schema states the lower bound that the empty value keeps: then it is legal on purpose."""
    return keyword in specimen.declared(path)


MALFORMATION = Malformation(
    id="MS03",
    title="empty values",
    trouble="empty-value",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a field",
)
