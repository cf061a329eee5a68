"""MJ06: NaN and the infinities, which Python's parser takes by default and writes back."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.pointers import dotted
from harness.mutations.specimen import Specimen

RULE = "Numeric values that are no digits, such as Infinity and NaN, are not permitted (RFC 8259, section 6)."

_WORDS = {"nan": b"NaN", "infinity": b"Infinity", "minus-infinity": b"-Infinity"}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.leaves():
        for label, word in _WORDS.items():
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_raw(path, word), rejected(RULE, 400))
    if isinstance(specimen.document, dict):
        extra = specimen.with_member(b'"harness_extra": NaN')
        yield variant(specimen, "nan-in-an-extra-field", extra, rejected(RULE, 400))


MALFORMATION = Malformation(
    id="MJ06",
    title="NaN and Infinity",
    trouble="non-finite-number",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object or holds a value",
)
