"""MW24: bytes behind the body that Content-Length states."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.framing import head, length, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either, rejected
from harness.mutations.specimen import Specimen

RULE = (
    "A message ends where its Content-Length says (RFC 9112, section 6.3): it is judged by those bytes alone, and the "
    "ones behind them are never added to it."
)
BEHIND = "A whole message with stray bytes behind it is answered as ever; the stray bytes are the next, bad request."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request, body = specimen.request, specimen.request.body
    if not specimen.is_json or not isinstance(specimen.document, dict | list):
        return
    for label, stated in {"5-bytes": 5, "all-but-one": len(body) - 1}.items():
        if 0 < stated < len(body):
            yield variant(specimen, label, wire(head(request, length(stated)) + body), rejected(RULE, 400))
    if specimen.contract.body_required:
        yield variant(specimen, "none", wire(head(request, length(0)) + body), rejected(RULE, 400))
    stray = head(request, length(len(body))) + body + b"garbage\r\n\r\n"
    yield variant(specimen, "stray-bytes-behind", wire(stray), either(BEHIND))


MALFORMATION = Malformation(
    id="MW24",
    title="body longer than Content-Length",
    trouble="body-longer-than-stated",
    layer="wire",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object or a list",
)
