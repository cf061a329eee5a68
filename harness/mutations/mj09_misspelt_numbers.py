"""MJ09: numbers as other languages write them."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.pointers import dotted
from harness.mutations.specimen import Specimen

RULE = "A number is an optional minus, digits without leading zeros, a fraction and an exponent (RFC 8259, section 6)."

_NUMBERS = {
    "leading-zero": b"01",
    "plus-sign": b"+1",
    "no-digit-before-point": b".5",
    "no-digit-behind-point": b"1.",
    "hexadecimal": b"0x1F",
    "minus-alone": b"-",
    "exponent-alone": b"1e",
    "underscore": b"1_000",
    "comma": b"1,5",
    "arabic-digit": "\u0661".encode(),
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.leaves(1):
        for label, raw in _NUMBERS.items():
            if label != "comma" or isinstance(path[-1], str):  # in a list it would be two numbers
                yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_raw(path, raw), rejected(RULE, 400))


MALFORMATION = Malformation(
    id="MJ09",
    title="misspelt numbers",
    trouble="misspelt-number",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a value",
)
