"""MS11: one wrong item among right ones: first, in the middle, last, and last of many."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import Path, dotted, replaced
from harness.mutations.schema import Legality
from harness.mutations.specimen import Specimen

RULE = "Every item of a list is checked, not the first alone; the error says which one it is."
TOO_MANY = "A bound on the number of items holds exactly (JSON Schema Validation, section 6.4)."
MANY = 50
MOST_ITEMS = 5_000
WRONG: tuple[object, ...] = ({"harness": 1}, 7, ["harness"])


def _variants(specimen: Specimen) -> Iterator[Variant]:
    lists = [(path, value) for path, value in specimen.fields(64) if isinstance(value, list) and value]
    for path, items in lists[:2]:
        wrong = _wrong(specimen, path, items)
        last = len(items) - 1
        for label, index in {"first": 0, "middle": last // 2, "last": last}.items():
            yield _spoilt(specimen, label, path, [*items[:index], wrong, *items[index + 1 :]], index)
        many = (items * MANY)[:MANY]
        yield _spoilt(specimen, "last-of-many", path, [*many, wrong], MANY)
        yield from _too_many(specimen, path, items)


def _wrong(specimen: Specimen, path: Path, items: list[object]) -> object:
    """Return a value that the schema refuses as the last item; one of another type where it cannot tell."""
    refused = [
        wrong
        for wrong in WRONG
        if specimen.judge(replaced(specimen.document, path, [*items, wrong])) is Legality.ILLEGAL
    ]
    return refused[0] if refused else next(wrong for wrong in WRONG if type(wrong) is not type(items[0]))


def _spoilt(specimen: Specimen, label: str, path: Path, items: list[object], index: int) -> Variant:
    document = replaced(specimen.document, path, items)
    expect = by_schema(specimen, document, rule=RULE, field=dotted((*path, index)))
    return variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


def _too_many(specimen: Specimen, path: Path, items: list[object]) -> Iterator[Variant]:
    """Yield one item more than the schema allows, where it says how many."""
    most = specimen.declared(path).get("maxItems")
    if isinstance(most, int) and 0 < most <= MOST_ITEMS:
        document = replaced(specimen.document, path, (items * (most // len(items) + 1))[: most + 1])
        expect = by_schema(specimen, document, rule=TOO_MANY, statuses=(422, 413), field=dotted(path))
        yield variant(specimen, f"one-too-many-{dotted(path)}", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="MS11",
    title="one bad item among many",
    trouble="bad-item",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a list that is not empty",
)
