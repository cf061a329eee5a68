"""MW23: a message that is cut off, at every kind of place where a parser could take it for whole."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.messages import Ending
from harness.mutations.framing import head, length, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import incomplete
from harness.mutations.specimen import Specimen

RULE = "A message that is cut off is incomplete (RFC 9112, section 8): it must have no effect, wherever it was cut."
MOST_CUTS = 10
"""Cuts of the body in one run. Those behind a token are where a prefix could pass for a whole."""

_TOKENS = b'{}[]:,"'


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request = specimen.request
    body, start = request.body, head(request, length(len(request.body)))
    if not body:
        return
    for place in (len(start) // 2, len(start) - 2):
        yield variant(specimen, f"head-{place}", wire(start[:place], Ending.HALF_CLOSE), incomplete(RULE, 400, 408))
    for place in _cuts(body):
        data = start + body[:place]
        yield variant(specimen, f"body-{place}", wire(data, Ending.HALF_CLOSE), incomplete(RULE, 400, 408))


def _cuts(body: bytes) -> tuple[int, ...]:
    """Return offsets to cut ``body`` at: none of it, all but the last byte, and evenly chosen ends of tokens."""
    behind = [place for place in range(1, len(body)) if body[place - 1] in _TOKENS] or list(range(1, len(body)))
    step = max(1, -(-len(behind) // (MOST_CUTS - 2)))
    return tuple(sorted({0, len(body) - 1, *behind[::step]}))


MALFORMATION = Malformation(
    id="MW23",
    title="message cut off",
    trouble="cut-message",
    layer="wire",
    rule=RULE,
    variants=_variants,
    needs="a body",
)
