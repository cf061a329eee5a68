"""MJ07: numbers in legal syntax that no double can hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = (
    "A number beyond what the service can hold may be rejected or limited by rule (RFC 8259, sections 6 and 9); "
    "what is not representable never comes back as Infinity."
)

_NEAREST: dict[str, tuple[bytes, tuple[float, ...]]] = {
    "overflow": (b"1e999", (sys.float_info.max,)),
    "negative-overflow": (b"-1e999", (-sys.float_info.max,)),
    "underflow": (b"1e-999", (0.0, sys.float_info.min)),
}
"""What is sent, and numbers near it that the schema can be asked about."""


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.leaves():
        for label, (raw, near) in _NEAREST.items():
            stand_ins = [replaced(specimen.document, path, number) for number in near]
            expect = by_schema(specimen, *stand_ins, rule=RULE, statuses=(400, 422))
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_raw(path, raw), expect)


MALFORMATION = Malformation(
    id="MJ07",
    title="numbers out of range",
    trouble="number-out-of-range",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a value",
)
