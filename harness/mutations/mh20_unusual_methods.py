"""MH20: HEAD, OPTIONS, TRACE and CONNECT where a body is meant to go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.verdicts import Force
from harness.mutations.framing import HOST, head, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either, rejected
from harness.mutations.specimen import Specimen

RULE = (
    "A safe method asks for no effect (RFC 9110, section 9.2.1), TRACE shows a caller's headers to whoever asks and is "
    "switched off, and CONNECT is for proxies (section 9.3.6)."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    bare = replace(specimen.request, body=b"")
    off = rejected(RULE, 405, 501, 404, 400, force=Force.POLICY)
    for method in ("HEAD", "OPTIONS", "TRACE"):
        if method not in specimen.methods:
            expect = off if method == "TRACE" else either(RULE)
            yield variant(specimen, method.lower(), replace(bare, method=method), expect)
    tunnel = head(replace(bare, method="CONNECT", target="localhost:443"), hosts=(HOST,))
    yield variant(specimen, "connect", wire(tunnel), off)


MALFORMATION = Malformation(
    id="MH20",
    title="HEAD, OPTIONS, TRACE, CONNECT",
    trouble="unusual-method",
    layer="http",
    rule=RULE,
    variants=_variants,
)
