"""MH09: bodies of one byte less than the documented limit, of the limit, and of one byte more."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.framing import CHUNKED, LAST_CHUNK, chunk, head, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import accepted, either, rejected
from harness.mutations.specimen import Specimen

RULE = "A body over the documented limit gets 413 (RFC 9110, section 15.5.14), one within it is taken."
CHUNKED_RULE = "A server may insist on a Content-Length and answer 411 without one (RFC 9110, section 15.5.12)."
MOST_BYTES = 2_000_000
"""A limit beyond this is not tried: the bytes would cost more than they show."""


def _variants(specimen: Specimen) -> Iterator[Variant]:
    limit = specimen.contract.body_limit
    if not specimen.is_json or not len(specimen.request.body) < limit <= MOST_BYTES:
        return
    sizes = {"limit-minus-1": (limit - 1, accepted(RULE)), "limit": (limit, accepted(RULE))}
    for label, (size, expect) in sizes.items():
        yield variant(specimen, label, specimen.with_body(_padded(specimen, size)), expect)
    over = rejected(RULE, 413)
    yield variant(specimen, "limit-plus-1", specimen.with_body(_padded(specimen, limit + 1)), over)
    start = head(specimen.request, CHUNKED)
    for label, size, expect in (("limit", limit, either(CHUNKED_RULE)), ("limit-plus-1", limit + 1, over)):
        data = start + chunk(_padded(specimen, size)) + LAST_CHUNK
        yield variant(specimen, f"chunked-{label}", wire(data), expect)


def _padded(specimen: Specimen, size: int) -> bytes:
    """Return the valid body with spaces behind it, which JSON ignores (RFC 8259, section 2), ``size`` bytes in all."""
    return specimen.request.body.ljust(size, b" ")


MALFORMATION = Malformation(
    id="MH09",
    title="body at its limit",
    trouble="body-over-limit",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a documented limit (x-max-body-bytes on the request body) of at most 2,000,000 bytes",
)
