"""MW22: fewer bytes than Content-Length promised, and those few are a complete valid body.

The cut that no parser of the body can see: only the count of bytes tells that the client was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.messages import Ending
from harness.mutations.framing import head, length, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import incomplete
from harness.mutations.specimen import Specimen

RULE = (
    "A body shorter than its Content-Length is incomplete (RFC 9112, section 8), also where the bytes that came are "
    "valid in themselves: it must have no effect."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request, size = specimen.request, len(specimen.request.body)
    if not size:
        return
    for label, stated in {"far-too-short": max(100, size + 50), "one-byte-short": size + 1}.items():
        data = head(request, length(stated)) + request.body
        yield variant(specimen, label, wire(data, Ending.HALF_CLOSE), incomplete(RULE, 400, 408))


MALFORMATION = Malformation(
    id="MW22",
    title="body shorter than Content-Length, yet valid",
    trouble="short-but-valid-body",
    layer="wire",
    rule=RULE,
    variants=_variants,
    needs="a body",
)
