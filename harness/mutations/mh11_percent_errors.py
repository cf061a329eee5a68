"""MH11: a path with broken or disguised percent escapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.verdicts import Force
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen

RULE = (
    "A percent sign is followed by two hexadecimal digits (RFC 3986, section 2.1), and no disguise of a path names "
    "another resource: 400 or 404, never a file, never an error of the server."
)

_TAILS = {
    "lone-percent": "/%",
    "no-digits": "/%zz",
    "nul": "%00",
    "overlong-slash": "/..%c0%af..%c0%afetc/passwd",
    "dots-and-slashes": "/..%2f..%2f..%2fetc%2fpasswd",
    "twice-coded": "/%252e%252e%252fetc",
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    path, question, query = specimen.request.target.partition("?")
    for label, tail in _TAILS.items():
        message = replace(specimen.request, target=f"{path.rstrip('/')}{tail}{question}{query}")
        yield variant(specimen, label, message, rejected(RULE, 404, 400, 405, force=Force.POLICY))


MALFORMATION = Malformation(
    id="MH11",
    title="percent errors in the path",
    trouble="percent-error",
    layer="http",
    rule=RULE,
    variants=_variants,
)
