"""MS09: values that are almost one of those listed."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "A value that is not listed is refused: no case is folded, no space forgiven, no default taken."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, value in specimen.fields(64):
        declared = specimen.declared(path)
        if not isinstance(value, str) or not ("enum" in declared or "const" in declared):
            continue
        others = {
            "unknown": f"harness-{value}",
            "other-case": value.swapcase(),
            "space-before": f" {value}",
            "space-behind": f"{value} ",
            "empty": "",
        }
        for label, other in others.items():
            document = replaced(specimen.document, path, other)
            expect = by_schema(specimen, document, rule=RULE, field=dotted(path))
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="MS09",
    title="values that are not listed",
    trouble="enumeration",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a field whose values are listed",
)
