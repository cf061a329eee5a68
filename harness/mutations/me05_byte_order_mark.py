"""ME05: a byte order mark before a valid document, and inside one."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either, rejected
from harness.mutations.specimen import Specimen

RULE = "A byte order mark MUST NOT be sent; a parser may ignore one at the start or refuse it (RFC 8259, section 8.1)."
ELSEWHERE = "A byte order mark is no whitespace of JSON (RFC 8259, section 2)."
MARK = b"\xef\xbb\xbf"


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    body = specimen.request.body
    yield variant(specimen, "before", specimen.with_body(MARK + body), either(RULE))
    yield variant(specimen, "twice", specimen.with_body(MARK * 2 + body), rejected(ELSEWHERE, 400))
    yield variant(specimen, "behind", specimen.with_body(body + MARK), rejected(ELSEWHERE, 400))


MALFORMATION = Malformation(
    id="ME05",
    title="byte order mark",
    trouble="byte-order-mark",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
