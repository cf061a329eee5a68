"""MW13: a Content-Length that is no number of bytes, though some parsers read one out of it."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.framing import head, length, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import accepted, rejected
from harness.mutations.specimen import Specimen

RULE = (
    "Content-Length is one or more ASCII digits (RFC 9110, section 8.6); a request with another value MUST be "
    "answered 400 and its connection closed (RFC 9112, section 6.3)."
)
PADDED = "Whitespace around a field value is no part of it: a parser MUST exclude it (RFC 9110, section 5.5)."


def _values(size: int) -> dict[str, bytes]:
    """Return wrong ways to write ``size``, by label. Python's ``int()`` takes three of them."""
    digits = str(size).zfill(2).encode()
    return {
        "letters": b"abc",
        "negative": b"-1",
        "plus-sign": b"+" + digits,
        "underscore": digits[:1] + b"_" + digits[1:],
        "hexadecimal": b"0x%x" % size,
        "fraction": digits + b".0",
        "superscript-digits": b"\xb2\xb3",
        "empty": b"",
    }


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request = specimen.request
    for label, value in _values(len(request.body)).items():
        data = head(request, length(value)) + request.body
        yield variant(specimen, label, wire(data), rejected(RULE, 400))
    padded = head(request, length(b"%d " % len(request.body))) + request.body
    yield variant(specimen, "space-behind", wire(padded), accepted(PADDED))


MALFORMATION = Malformation(
    id="MW13",
    title="invalid Content-Length",
    trouble="invalid-content-length",
    layer="wire",
    rule=RULE,
    variants=_variants,
)
