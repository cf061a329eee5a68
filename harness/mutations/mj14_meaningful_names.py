"""MJ14: names that mean something to a language below."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.specimen import Specimen

RULE = "A member's name is data (RFC 8259, section 4): __proto__ and its kin change nothing but, by rule, the answer."

_MEMBERS: dict[str, object] = {
    "__proto__": {"polluted": True},
    "__class__": {"__init__": {"__globals__": {"polluted": True}}},
    "constructor": {"prototype": {"polluted": True}},
    "__dict__": {"polluted": True},
    "$ref": "#/polluted",
    "$where": "1 == 1",
    "self": "polluted",
    "": "polluted",
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not isinstance(specimen.document, dict):
        return
    for name, value in _MEMBERS.items():
        document = {**specimen.document, name: value}
        expect = by_schema(specimen, document, rule=RULE, statuses=(422, 400))
        yield variant(specimen, name.strip("_$") or "empty-name", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="MJ14",
    title="names that mean something elsewhere",
    trouble="meaningful-name",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object",
)
