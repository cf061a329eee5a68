"""MW17: Content-Length and Transfer-Encoding together: two answers to where the message ends."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.verdicts import Force
from harness.mutations.framing import CHUNKED, LAST_CHUNK, chunk, head, length, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = (
    "A message with Content-Length and Transfer-Encoding ought to be handled as an error; a server that goes by the "
    "chunks MUST close the connection afterwards (RFC 9112, section 6.3)."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request = specimen.request
    if not request.body:
        return
    coded = chunk(request.body) + LAST_CHUNK
    right = length(len(coded))
    fields = {
        "length-first": (right, CHUNKED),
        "length-last": (CHUNKED, right),
        "length-of-the-content": (length(len(request.body)), CHUNKED),
        "length-0": (length(0), CHUNKED),
    }
    for label, framing in fields.items():
        expect = rejected(RULE, 400, force=Force.POLICY)
        yield variant(specimen, label, wire(head(request, *framing) + coded), expect)


MALFORMATION = Malformation(
    id="MW17",
    title="Content-Length and Transfer-Encoding together",
    trouble="length-and-chunks",
    layer="wire",
    rule=RULE,
    variants=_variants,
    needs="a body",
)
