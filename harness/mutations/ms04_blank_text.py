"""MS04: texts of nothing but whitespace."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "Whether a blank text is empty is the service's rule; it holds at every stage in the same way."

_BLANKS = {"spaces": "   ", "tab-and-line-end": "\t\r\n", "no-break-space": "\u00a0", "zero-width-space": "\u200b"}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.texts(3):
        for label, blank in _BLANKS.items():
            document = replaced(specimen.document, path, blank)
            expect = by_schema(specimen, document, rule=RULE, field=dotted(path))
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="MS04",
    title="blank text",
    trouble="blank-text",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a text",
)
