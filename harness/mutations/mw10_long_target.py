"""MW10: a request target that no program needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.verdicts import Force
from harness.mutations.framing import plain, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = "A target longer than the server is willing to read gets 414 (RFC 9110, section 15.5.15): there is such a bound."
SIZE = 70_000


def _variants(specimen: Specimen) -> Iterator[Variant]:
    target = specimen.request.target
    expect = rejected(RULE, 414, 400, 431, force=Force.POLICY)
    query = target + ("&" if "?" in target else "?") + "x=" + "y" * SIZE
    path = target.partition("?")[0].rstrip("/") + "/" + "y" * SIZE
    for label, long in {"query": query, "path": path}.items():
        yield variant(specimen, label, wire(plain(replace(specimen.request, target=long))), expect)


MALFORMATION = Malformation(
    id="MW10",
    title="target of 70 kB",
    trouble="long-target",
    layer="wire",
    rule=RULE,
    variants=_variants,
)
