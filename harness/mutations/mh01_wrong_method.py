"""MH01: a method that the path does not serve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = (
    "A method that the resource does not support gets 405 with an Allow field that names those it does "
    "(RFC 9110, section 15.5.6); the contract names the methods of the path."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.methods:
        return
    for method in ("GET", "PUT", "PATCH", "DELETE", "POST"):
        if method not in specimen.methods:
            yield variant(specimen, method.lower(), replace(specimen.request, method=method), rejected(RULE, 405))


MALFORMATION = Malformation(
    id="MH01",
    title="wrong method",
    trouble="wrong-method",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a path whose methods the OpenAPI document names",
)
