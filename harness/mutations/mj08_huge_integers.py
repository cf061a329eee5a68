"""MJ08: integers of thousands of digits: Python refuses to read 4,301 of them, in its own way."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "An implementation may limit the range of numbers (RFC 8259, section 9): it says so, and quickly."
DIGITS = (4_300, 4_301, 100_000)
NEAR = 10**30
"""What the schema is asked about: beyond every machine integer, as the number that is sent."""


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.leaves():
        expect = by_schema(specimen, replaced(specimen.document, path, NEAR), rule=RULE, statuses=(400, 413, 422))
        for digits in DIGITS:
            message = specimen.with_raw(path, b"1" + b"0" * (digits - 1))
            yield variant(specimen, f"{digits}-digits-{dotted(path)}", message, expect)


MALFORMATION = Malformation(
    id="MJ08",
    title="huge integers",
    trouble="huge-integer",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a value",
)
