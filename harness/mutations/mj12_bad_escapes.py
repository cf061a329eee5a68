r"""MJ12: escapes that JSON does not know, and control bytes that must be escaped and are not."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.pointers import dotted
from harness.mutations.specimen import Specimen

RULE = (
    "A string holds nine kinds of escape and no raw control character (RFC 8259, section 7); anything else is no "
    "JSON text and is answered 400."
)

_STRINGS = {
    "hex-escape": rb'"\x41"',
    "short-escape": rb'"\u12"',
    "letters-in-escape": rb'"\u12G4"',
    "escaped-single-quote": rb'"\'"',
    "lone-backslash": b'"\\',
    "raw-tab": b'"a\tb"',
    "raw-line-end": b'"a\nb"',
    "raw-nul": b'"a\0b"',
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.texts(1):
        for label, raw in _STRINGS.items():
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_raw(path, raw), rejected(RULE, 400))


MALFORMATION = Malformation(
    id="MJ12",
    title="bad escapes",
    trouble="bad-escape",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a text",
)
