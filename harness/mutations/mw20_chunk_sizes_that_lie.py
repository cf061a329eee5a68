"""MW20: chunks longer or shorter than their size says."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.messages import Ending
from harness.mutations.framing import CHUNKED, CRLF, LAST_CHUNK, chunk, head, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import incomplete
from harness.mutations.specimen import Specimen

RULE = (
    "The data of a chunk is as long as its size says and ends in CRLF (RFC 9112, section 7.1); anything else cannot be "
    "read and is no whole message: 400, no effect."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    body, start = specimen.request.body, head(specimen.request, CHUNKED)
    if not body:
        return
    bodies = {
        "data-longer": chunk(body, b"%x" % (len(body) - 1)) + LAST_CHUNK,
        "data-shorter": chunk(body, b"%x" % (len(body) + 1)) + LAST_CHUNK,
        "line-end-missing": (b"%x" % len(body)) + CRLF + body + LAST_CHUNK,
        "other-line-end": (b"%x" % len(body)) + CRLF + body + b"XX" + LAST_CHUNK,
    }
    for label, coded in bodies.items():
        yield variant(specimen, label, wire(start + coded, Ending.HALF_CLOSE), incomplete(RULE, 400))


MALFORMATION = Malformation(
    id="MW20",
    title="chunks of another size than stated",
    trouble="chunk-size-lies",
    layer="wire",
    rule=RULE,
    variants=_variants,
    needs="a body",
)
