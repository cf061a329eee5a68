"""MJ02: legal JSON of another kind at the top."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.specimen import Specimen

RULE = "Any JSON value may stand at the top (RFC 8259, section 2); the contract says which one is meant."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    tops: dict[str, object] = {
        "null": None,
        "true": True,
        "zero": 0,
        "empty-text": "",
        "text": "text",
        "empty-list": [],
        "in-a-list": [specimen.document],
        "empty-object": {},
    }
    for label, top in tops.items():
        expect = by_schema(specimen, top, rule=RULE, statuses=(400, 422))
        yield variant(specimen, label, specimen.with_json(top), expect)


MALFORMATION = Malformation(
    id="MJ02",
    title="another kind of JSON at the top",
    trouble="wrong-top-level",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
