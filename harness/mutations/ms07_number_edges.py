"""MS07: numbers at the edges that the schema states, and at those of machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.model.steps import Expectation, Expected
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import Path, dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "A bound on a number holds exactly, and a number is kept exactly or refused: never rounded, never wrapped."

_MACHINES: dict[str, int | float] = {
    "minus-1": -1,
    "2-to-the-53-plus-1": 2**53 + 1,
    "2-to-the-63": 2**63,
    "minus-2-to-the-63-minus-1": -(2**63) - 1,
    "2-to-the-64": 2**64,
    "a-tenth-and-two": 0.1 + 0.2,
}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, value in specimen.fields(64):
        if isinstance(value, bool) or not isinstance(value, int | float) or path in specimen.identity_paths():
            continue
        declared = specimen.declared(path)
        numbers = {**_MACHINES, **dict(_bounds(declared))}
        for label, number in numbers.items():
            document = replaced(specimen.document, path, number)
            legal = Expected.ACCEPTED if label in ("minimum", "maximum") else Expected.EITHER
            expect = by_schema(specimen, document, rule=RULE, legal=legal, field=dotted(path))
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)
        yield variant(specimen, f"minus-0-{dotted(path)}", specimen.with_raw(path, b"-0"), _zero(specimen, path))


def _zero(specimen: Specimen, path: Path) -> Expectation:
    """Return the oracle of minus zero, which is the number zero (RFC 8259, section 6)."""
    return by_schema(specimen, replaced(specimen.document, path, 0), rule=RULE, field=dotted(path))


def _bounds(declared: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    """Yield the whole numbers at and just beyond each bound that the schema states."""
    for keyword, beyond in (("minimum", -1), ("maximum", 1)):
        bound = declared.get(keyword)
        if isinstance(bound, int) and not isinstance(bound, bool):
            yield keyword, bound
            yield f"beyond-{keyword}", bound + beyond


MALFORMATION = Malformation(
    id="MS07",
    title="numbers at their edges",
    trouble="number-edge",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a number",
)
