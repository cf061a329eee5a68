"""MW14: more than one Content-Length in a request: the root of request smuggling."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.framing import head, length, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either, rejected
from harness.mutations.specimen import Specimen

RULE = (
    "Content-Length values that differ make the framing invalid: 400 and the connection is closed "
    "(RFC 9112, section 6.3)."
)
SAME = "A list of equal lengths may be rejected or read as that one length (RFC 9112, section 6.3)."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request, size = specimen.request, len(specimen.request.body)
    right, more = length(size), length(size + 1)
    differ = {
        "two-lines-first-right": (right, more),
        "two-lines-last-right": (more, right),
        "list-first-right": (length(b"%d, %d" % (size, size + 1)),),
        "list-last-right": (length(b"%d, %d" % (size + 1, size)),),
    }
    same = {"two-lines-equal": (right, right), "list-equal": (length(b"%d, %d" % (size, size)),)}
    for label, fields in differ.items():
        yield variant(specimen, label, wire(head(request, *fields) + request.body), rejected(RULE, 400))
    for label, fields in same.items():
        yield variant(specimen, label, wire(head(request, *fields) + request.body), either(SAME))


MALFORMATION = Malformation(
    id="MW14",
    title="two Content-Lengths",
    trouble="two-content-lengths",
    layer="wire",
    rule=RULE,
    variants=_variants,
)
