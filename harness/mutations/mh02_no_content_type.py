"""MH02: a JSON body without a Content-Type."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.verdicts import Force
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = (
    "A body whose media type is not said may be guessed or refused (RFC 9110, section 8.3); a strict service answers "
    "415 (section 15.5.16)."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if specimen.is_json:
        expect = rejected(RULE, 415, 400, force=Force.POLICY)
        yield variant(specimen, "none", specimen.with_header("Content-Type"), expect)


MALFORMATION = Malformation(
    id="MH02",
    title="no Content-Type",
    trouble="no-content-type",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
