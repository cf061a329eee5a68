"""ME02: byte sequences that UTF-8 forbids."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.pointers import dotted
from harness.mutations.specimen import Specimen, rendered

RULE = (
    "JSON between systems MUST be UTF-8 (RFC 8259, section 8.1); overlong, cut and stray bytes are not "
    "(RFC 3629, section 3)."
)

_BYTES = {
    "overlong-slash": b"\xc0\xaf",
    "overlong-in-three": b"\xe0\x80\xaf",
    "five-bytes": b"\xf8\x88\x80\x80\x80",
    "beyond-the-last": b"\xf4\x90\x80\x80",
    "lone-continuation": b"\x80",
    "cut-at-the-end": b"\xe2\x82",
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, text in specimen.texts(1):
        for label, data in _BYTES.items():
            raw = rendered(text)[:-1] + data + b'"'
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_raw(path, raw), rejected(RULE, 400))


MALFORMATION = Malformation(
    id="ME02",
    title="broken UTF-8",
    trouble="broken-utf-8",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a text",
)
