"""MW18: a Transfer-Encoding that does not say where the message ends."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.messages import Ending
from harness.mutations.framing import LAST_CHUNK, Field, chunk, head, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either, incomplete
from harness.mutations.specimen import Specimen

RULE = (
    "Where chunked is not the last transfer coding, the length of the message cannot be known: 400 and the connection "
    "is closed (RFC 9112, section 6.3); a coding that the server does not know gets 501 (section 6.1)."
)
TWICE = "A sender MUST NOT apply chunked twice (RFC 9112, section 6.1); whoever reads it may refuse it."
OLD = "Transfer-Encoding under HTTP/1.0 is faulty framing: processed with care or refused (RFC 9112, section 6.1)."

_UNREADABLE = {
    "unknown": b"foo",
    "unknown-behind-chunked": b"chunked, foo",
    "almost-chunked": b"xchunked",
    "vertical-tab-before": b"\x0bchunked",
    "quoted": b'"chunked"',
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request = specimen.request
    if not request.body:
        return
    coded = chunk(request.body) + LAST_CHUNK
    for label, coding in _UNREADABLE.items():
        data = head(request, _field(coding)) + coded
        yield variant(specimen, label, wire(data, Ending.HALF_CLOSE), incomplete(RULE, 400, 501))
    twice = head(request, _field(b"chunked, chunked")) + coded
    yield variant(specimen, "chunked-twice", wire(twice, Ending.HALF_CLOSE), either(TWICE))
    old = head(request, _field(b"chunked")).replace(b" HTTP/1.1\r\n", b" HTTP/1.0\r\n", 1) + coded
    yield variant(specimen, "under-version-1.0", wire(old, Ending.HALF_CLOSE), either(OLD))


def _field(coding: bytes) -> Field:
    return b"Transfer-Encoding", coding


MALFORMATION = Malformation(
    id="MW18",
    title="unreadable Transfer-Encoding",
    trouble="transfer-coding",
    layer="wire",
    rule=RULE,
    variants=_variants,
    needs="a body",
)
