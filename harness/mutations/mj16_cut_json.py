"""MJ16: a document that stops in its middle although the message is whole."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = "An object or a list without its end is no JSON text (RFC 8259, section 2), wherever it stops: 400."
MOST_CUTS = 4


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json or not isinstance(specimen.document, dict | list):
        return
    body = specimen.request.body
    for place in cuts(len(body)):
        yield variant(specimen, f"after-{place}", specimen.with_body(body[:place]), rejected(RULE, 400))


def cuts(size: int) -> tuple[int, ...]:
    """Return offsets inside ``size`` bytes: the first, the last, and others evenly between them."""
    step = max(1, size // MOST_CUTS)
    return tuple(sorted({1, size - 1, *range(step, size, step)}))[: MOST_CUTS + 2]


MALFORMATION = Malformation(
    id="MJ16",
    title="JSON that stops in the middle",
    trouble="cut-json",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object or a list",
)
