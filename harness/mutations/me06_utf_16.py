"""ME06: a valid document in UTF-16 or UTF-32, which some parsers recognise by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = "JSON between systems MUST be UTF-8 (RFC 8259, section 8.1)."

_ENCODINGS = {
    "utf-16-le": ("utf-16-le", b""),
    "utf-16-be": ("utf-16-be", b""),
    "utf-16-le-marked": ("utf-16-le", b"\xff\xfe"),
    "utf-16-be-marked": ("utf-16-be", b"\xfe\xff"),
    "utf-32-le": ("utf-32-le", b""),
    "utf-32-be-marked": ("utf-32-be", b"\x00\x00\xfe\xff"),
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    text = specimen.request.body.decode()
    for label, (encoding, mark) in _ENCODINGS.items():
        message = specimen.with_body(mark + text.encode(encoding))
        yield variant(specimen, label, message, rejected(RULE, 400, 415))


MALFORMATION = Malformation(
    id="ME06",
    title="UTF-16 and UTF-32",
    trouble="not-utf-8",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
