"""ME10: characters that a reader does not see, or takes for others."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "Invisible and look-alike characters are data: refused by rule or kept, shown escaped, never an error."

_SIGNS = {
    "right-to-left-override": "\u202e",
    "isolate-left-open": "\u2066",
    "zero-width-joiner": "\u200d",
    "tag-characters": "\U000e0001\U000e0041",
    "byte-order-mark": "\ufeff",
    "cyrillic-a": "\u0430",
    "non-character": "\uffff",
    "private-use": "\ue000",
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, text in specimen.texts_and_identity():
        for label, sign in _SIGNS.items():
            document = replaced(specimen.document, path, f"{sign}{text}")
            expect = by_schema(specimen, document, rule=RULE)
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="ME10",
    title="invisible and look-alike characters",
    trouble="deceiving-character",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a text",
)
