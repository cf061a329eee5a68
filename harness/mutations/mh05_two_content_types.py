"""MH05: two Content-Type lines that differ."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.verdicts import Force
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = "Content-Type is one media type (RFC 9110, sections 5.3 and 8.3); a message with two is ambiguous: 400 or 415."

_JSON, _TEXT = "application/json", "text/plain"


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    pairs = {"json-first": (_JSON, _TEXT), "json-last": (_TEXT, _JSON), "equal": (_JSON, _JSON)}
    for label, values in pairs.items():
        expect = rejected(RULE, 400, 415, force=Force.POLICY)
        yield variant(specimen, label, specimen.with_header("Content-Type", *values), expect)


MALFORMATION = Malformation(
    id="MH05",
    title="two Content-Types",
    trouble="two-content-types",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
