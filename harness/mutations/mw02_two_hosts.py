"""MW02: more than one Host."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.framing import HOST, head, length, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = "A request with more than one Host MUST be answered 400 (RFC 9112, section 3.2)."

_OTHER = (b"Host", b"other.example")


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request = specimen.request
    for label, hosts in {"equal": (HOST, HOST), "other-last": (HOST, _OTHER), "other-first": (_OTHER, HOST)}.items():
        data = head(request, length(len(request.body)), hosts=hosts) + request.body
        yield variant(specimen, label, wire(data), rejected(RULE, 400))


MALFORMATION = Malformation(
    id="MW02",
    title="two Hosts",
    trouble="two-hosts",
    layer="wire",
    rule=RULE,
    variants=_variants,
)
