"""MJ05: a valid document with something behind it."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = "A JSON text is one value (RFC 8259, section 2); what follows it is not whitespace and not to be dropped."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    body = specimen.request.body
    texts = {
        "two-documents": body + b" " + body,
        "json-lines": body + b"\n" + body + b"\n",
        "letters-behind": body + b" garbage",
        "comma-behind": body + b",",
        "nul-behind": body + b"\0",
        "form-feed-behind": body + b"\x0c",
        "garbage-before": b")]}'\n" + body,
    }
    for label, data in texts.items():
        yield variant(specimen, label, specimen.with_body(data), rejected(RULE, 400))


MALFORMATION = Malformation(
    id="MJ05",
    title="more than one text",
    trouble="trailing-garbage",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
