"""ME01: a byte of Latin-1 in a JSON text."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.pointers import dotted
from harness.mutations.specimen import Specimen, rendered

RULE = "JSON between systems MUST be UTF-8 (RFC 8259, section 8.1); the byte E9 alone is not (RFC 3629, section 3)."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    expect = rejected(RULE, 400)
    for path, text in specimen.texts_and_identity():
        raw = rendered(text)[:-1] + b'\xe9"'
        yield variant(specimen, f"value-{dotted(path)}", specimen.with_raw(path, raw), expect)
    if isinstance(specimen.document, dict) and specimen.document:
        body = specimen.request.body
        name = body.index(b'"') + 1
        yield variant(specimen, "name", specimen.with_body(body[:name] + b"\xe9" + body[name:]), expect)
    if specimen.is_json:
        yield variant(specimen, "behind", specimen.with_body(specimen.request.body + b"\xe9"), expect)


MALFORMATION = Malformation(
    id="ME01",
    title="Latin-1 byte",
    trouble="latin-1",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
