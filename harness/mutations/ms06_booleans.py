"""MS06: true and false in fields of other types: in Python a bool is an int."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "true is no number and no text: a field of another type refuses it."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, value in specimen.fields():
        if isinstance(value, bool):
            continue
        for flag in (True, False):
            document = replaced(specimen.document, path, flag)
            expect = by_schema(specimen, document, rule=RULE, field=dotted(path))
            yield variant(specimen, f"{flag}-{dotted(path)}".lower(), specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="MS06",
    title="booleans in fields of other types",
    trouble="boolean",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a field that is no boolean",
)
