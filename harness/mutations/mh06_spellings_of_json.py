"""MH06: application/json in other spellings, and types that are almost it."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import accepted, either
from harness.mutations.specimen import Specimen

RULE = "Type and subtype are compared without case (RFC 9110, section 8.3.1)."
FREE = (
    "Whether parameters, suffixes and odd but legal spellings are taken is the service's rule (RFC 9110, "
    "section 8.3.1; RFC 6839, section 3.1): accepted or 415, never an error of the server."
)

_FREE = {
    "charset": "application/json; charset=utf-8",
    "space-before-semicolon": "application/json ;charset=UTF-8",
    "quoted-charset": 'application/json; charset="utf-8"',
    "two-semicolons": "application/json;;",
    "parameter-without-name": "application/json; =x",
    "quote-left-open": 'application/json; charset="utf-8',
    "suffix": "application/vnd.harness+json",
    "no-subtype": "application/",
    "unknown-charset": "application/json; charset=klingon",
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    surely = "application/json" in specimen.contract.media_types
    upper = specimen.with_header("Content-Type", "APPLICATION/JSON")
    yield variant(specimen, "upper-case", upper, accepted(RULE) if surely else either(RULE))
    for label, media in _FREE.items():
        yield variant(specimen, label, specimen.with_header("Content-Type", media), either(FREE))


MALFORMATION = Malformation(
    id="MH06",
    title="spellings of application/json",
    trouble="content-type-spelling",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
