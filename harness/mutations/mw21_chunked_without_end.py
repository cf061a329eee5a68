"""MW21: a chunked body whose data is all there, but whose last chunk never comes."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.messages import Ending
from harness.mutations.framing import CHUNKED, chunk, head, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import incomplete
from harness.mutations.specimen import Specimen

RULE = (
    "A chunked body is incomplete until the zero-sized chunk arrives (RFC 9112, section 8): the request must have "
    "no effect, and is answered 400 or 408, or its connection closed."
)
PATIENCE = 1.0
"""Seconds of silence. A server may wait longer than that for the rest; it must just not act before."""


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request = specimen.request
    if not request.body:
        return
    data = head(request, CHUNKED) + chunk(request.body)
    half = head(request, CHUNKED) + chunk(request.body)[: -len(request.body) // 2]
    yield variant(specimen, "fin", wire(data, Ending.HALF_CLOSE), incomplete(RULE, 400, 408))
    yield variant(specimen, "fin-inside-a-chunk", wire(half, Ending.HALF_CLOSE), incomplete(RULE, 400, 408))
    yield variant(specimen, "reset", wire(data, Ending.RESET), incomplete(RULE, 400, 408))
    yield variant(specimen, "silence", wire(data), incomplete(RULE, 400, 408), give_up_after=PATIENCE)


MALFORMATION = Malformation(
    id="MW21",
    title="chunked body without its end",
    trouble="chunked-without-end",
    layer="wire",
    rule=RULE,
    variants=_variants,
    needs="a body",
)
