"""MW15: a Content-Length that no machine could keep."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.messages import Ending
from harness.mutations.framing import head, length, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import incomplete
from harness.mutations.specimen import Specimen

RULE = (
    "A Content-Length may be any number of digits, and a recipient MUST NOT overflow on it (RFC 9110, section 8.6): "
    "413 or 400 at once, nothing allocated for it, and never read as the smaller number that it wraps to."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request, size = specimen.request, len(specimen.request.body)
    if not size:
        return
    stated = {
        "10-to-the-20": 10**20,
        "2-to-the-63": 2**63,
        "wraps-at-64-bits": 2**64 + size,
        "wraps-at-32-bits": 2**32 + size,
    }
    for label, huge in stated.items():
        data = head(request, length(huge)) + request.body
        yield variant(specimen, label, wire(data, Ending.HALF_CLOSE), incomplete(RULE, 400, 413))


MALFORMATION = Malformation(
    id="MW15",
    title="huge Content-Length",
    trouble="huge-content-length",
    layer="wire",
    rule=RULE,
    variants=_variants,
    needs="a body",
)
