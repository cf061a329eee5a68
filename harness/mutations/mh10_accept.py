"""MH10: an Accept that asks for what is not there, or for nothing readable."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either
from harness.mutations.specimen import Specimen

RULE = (
    "Where no representation is acceptable the service answers 406 or sends what it has (RFC 9110, section 12.5.1); "
    "an unreadable Accept is no error of the server."
)

_ACCEPTS = {
    "xml-only": "application/xml",
    "nothing-at-all": "*/*;q=0",
    "garbage": ";;,//=q",
    "weight-of-letters": "application/json;q=abc",
    "8-kB": ",".join(["a/b;q=0.1"] * 700),
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for label, value in _ACCEPTS.items():
        yield variant(specimen, label, specimen.with_header("Accept", value), either(RULE))


MALFORMATION = Malformation(
    id="MH10",
    title="odd Accept",
    trouble="accept",
    layer="http",
    rule=RULE,
    variants=_variants,
)
