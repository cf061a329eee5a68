"""MH21: a GET with a body, and a request behind it on the same connection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.messages import Request
from harness.mutations.framing import CHUNKED, LAST_CHUNK, chunk, head, inner, plain, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either
from harness.mutations.specimen import Specimen

RULE = (
    "Content in a GET has no meaning (RFC 9110, section 9.3.1): it is ignored or refused, has no effect, and is read "
    "off the connection or the connection is closed, so that it is never taken for the next request."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.request.body:
        return
    smuggled = inner(specimen.request)
    carrier = replace(specimen.bystander, body=smuggled)
    yield variant(specimen, "request-as-content", wire(plain(carrier)), either(RULE))
    chunks = head(carrier, CHUNKED) + chunk(smuggled) + LAST_CHUNK
    yield variant(specimen, "request-as-chunks", wire(chunks), either(RULE))
    behind = plain(_content(specimen)) + head(specimen.bystander)
    yield variant(specimen, "request-behind", wire(behind, answers=2), either(RULE))


def _content(specimen: Specimen) -> Request:
    """Return the bystander with the valid document as its content."""
    media = [field for field in specimen.request.headers if field[0].lower() == "content-type"]
    return replace(specimen.bystander, headers=tuple(media), body=specimen.request.body)


MALFORMATION = Malformation(
    id="MH21",
    title="GET with a body",
    trouble="get-with-body",
    layer="wire",
    rule=RULE,
    variants=_variants,
    needs="a body",
)
