"""MC01: amounts that no business makes."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "An absurd amount is refused by rule before anything is done with it; a legal one is never changed."

_AMOUNTS: dict[str, int | float] = {
    "zero": 0,
    "negative": -1,
    "very-negative": -(10**12),
    "absurd": 10**15,
    "a-fraction-of-the-least": 0.000001,
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, value in specimen.fields(64):
        if isinstance(value, bool) or not isinstance(value, int | float) or path in specimen.identity_paths():
            continue
        for label, amount in _AMOUNTS.items():
            document = replaced(specimen.document, path, amount)
            expect = by_schema(specimen, document, rule=RULE, field=dotted(path))
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="MC01",
    title="absurd amounts",
    trouble="absurd-amount",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a number",
)
