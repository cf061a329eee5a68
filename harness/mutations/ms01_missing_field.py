"""MS01: each required field absent, one at a time."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, without
from harness.mutations.schema import Legality
from harness.mutations.specimen import Specimen

RULE = "A required field that is absent is an error that names it; no default takes its place."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.members():
        document = without(specimen.document, path)
        if specimen.judge(document) is Legality.LEGAL:
            continue  # an optional field: leaving it out is MS18
        expect = by_schema(specimen, document, rule=RULE, field=dotted(path))
        yield variant(specimen, dotted(path), specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="MS01",
    title="missing field",
    trouble="missing-field",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a field that is not optional",
)
