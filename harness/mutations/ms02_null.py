"""MS02: null in each field."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.steps import Expected
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import Path, dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "null is a value of its own: neither absent nor the default, and wrong unless the field may be null."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.fields():
        document = replaced(specimen.document, path, None)
        legal = Expected.ACCEPTED if _nullable(specimen, path) else Expected.EITHER
        expect = by_schema(specimen, document, rule=RULE, legal=legal, field=dotted(path))
        yield variant(specimen, dotted(path), specimen.with_json(document), expect)


def _nullable(specimen: Specimen, path: Path) -> bool:
    """Whether the schema says by name that the field may be null, as against saying nothing of its type."""
    declared = specimen.schema.at(path) if specimen.schema else {}
    kinds = declared.get("type")
    choices = declared.get("anyOf")
    by_type = isinstance(kinds, list) and "null" in kinds
    return by_type or (isinstance(choices, list) and {"type": "null"} in choices)


MALFORMATION = Malformation(
    id="MS02",
    title="null",
    trouble="null",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a field",
)
