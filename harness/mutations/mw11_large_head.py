"""MW11: header fields without measure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.verdicts import Force
from harness.mutations.framing import plain, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = (
    "Header fields larger than the server is willing to process are refused, 431 or 400 (RFC 6585, section 5; "
    "RFC 9110, section 5.4): there is such a bound, and memory keeps within it."
)

_HEADS = {
    "one-of-70-kB": (("X-Harness", "y" * 70_000),),
    "500-fields": tuple((f"X-Harness-{number}", "y") for number in range(500)),
    "1-MB-in-all": tuple((f"X-Harness-{number}", "y" * 4_000) for number in range(250)),
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for label, fields in _HEADS.items():
        larger = replace(specimen.request, headers=(*specimen.request.headers, *fields))
        expect = rejected(RULE, 431, 400, force=Force.POLICY)
        yield variant(specimen, label, wire(plain(larger)), expect)


MALFORMATION = Malformation(
    id="MW11",
    title="large header section",
    trouble="large-head",
    layer="wire",
    rule=RULE,
    variants=_variants,
)
