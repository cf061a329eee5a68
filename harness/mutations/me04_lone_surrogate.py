"""ME04: an escaped surrogate without its partner: legal JSON, yet no character."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either
from harness.mutations.pointers import dotted
from harness.mutations.specimen import Specimen

RULE = (
    "The grammar allows an escaped surrogate without its partner and calls what becomes of it unpredictable "
    "(RFC 8259, section 8.2): rejected, or stored and returned safely, never an error later on."
)

_ESCAPES = {"high": rb'"\ud800"', "low": rb'"\udc00"', "reversed-pair": rb'"\ude00\ud83d"'}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.texts_and_identity():
        for label, raw in _ESCAPES.items():
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_raw(path, raw), either(RULE))
    if isinstance(specimen.document, dict):
        yield variant(specimen, "name", specimen.with_member(rb'"\ud800": 1'), either(RULE))


MALFORMATION = Malformation(
    id="ME04",
    title="lone surrogate",
    trouble="lone-surrogate",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object or holds a text",
)
