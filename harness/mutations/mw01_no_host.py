"""MW01: an HTTP/1.1 request without a Host field."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.framing import head, length, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = "A server MUST answer 400 to an HTTP/1.1 request without a Host field (RFC 9112, section 3.2)."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request = specimen.request
    data = head(request, length(len(request.body)), hosts=()) + request.body
    yield variant(specimen, "no-host", wire(data), rejected(RULE, 400))


MALFORMATION = Malformation(
    id="MW01", title="no Host field", trouble="no-host", layer="wire", rule=RULE, variants=_variants
)
