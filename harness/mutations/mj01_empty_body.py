"""MJ01: a body that holds nothing."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either, rejected
from harness.mutations.specimen import Specimen

RULE = "A JSON text is a value with optional whitespace around it (RFC 8259, section 2): nothing is none."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    empty = rejected(RULE, 400) if specimen.contract.body_required else either(RULE)
    yield variant(specimen, "empty", specimen.with_body(b""), empty)
    for label, blank in {"spaces": b"    ", "line-ends": b"\r\n\r\n", "byte-order-mark": b"\xef\xbb\xbf"}.items():
        yield variant(specimen, label, specimen.with_body(blank), rejected(RULE, 400))


MALFORMATION = Malformation(
    id="MJ01",
    title="empty body",
    trouble="empty-body",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
