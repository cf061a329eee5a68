"""MH15: an X-Request-Id that does harm where it is written into a log."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.marks import FORGED
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either
from harness.mutations.specimen import Specimen

RULE = (
    "A caller's X-Request-Id is a hint: what is empty, long or strange is replaced or bounded, and each line of the "
    "log stays one line."
)

_IDS = {
    "empty": "",
    "4-kB": "y" * 4_000,
    "quotes": f'x", "outcome": "{FORGED}',
    "escaped-line-end": f"x%0d%0a{FORGED}",
    "backslashes": f"x\\r\\n{FORGED}",
    "emoji": "\U0001f6a8".encode().decode("latin-1"),
    "markup": f"<script>{FORGED}</script>",
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for label, value in _IDS.items():
        yield variant(specimen, label, specimen.with_header("X-Request-Id", value), either(RULE))


MALFORMATION = Malformation(
    id="MH15",
    title="odd X-Request-Id",
    trouble="odd-request-id",
    layer="http",
    rule=RULE,
    variants=_variants,
)
