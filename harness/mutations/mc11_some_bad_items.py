"""MC11: batches in which some items may be refused: each in turn is null, empty, blank or doubled."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import Path, dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "A batch is taken whole, or item by item with a result for each, or not at all: the same rule for every item."
MOST_ITEMS = 2


def _variants(specimen: Specimen) -> Iterator[Variant]:
    lists = [(path, value) for path, value in specimen.fields(64) if isinstance(value, list) and value]
    for path, items in lists[:1]:
        for index, item in list(enumerate(items))[:MOST_ITEMS]:
            for label, other in _spoilt(item).items():
                changed = [*items[:index], other, *items[index + 1 :]]
                yield _batch(specimen, f"{label}-{dotted((*path, index))}", path, changed)
        yield _batch(specimen, f"doubled-{dotted(path)}", path, [*items, *items])
        yield _batch(specimen, f"reversed-{dotted(path)}", path, items[::-1])


def _batch(specimen: Specimen, label: str, path: Path, items: list[object]) -> Variant:
    document = replaced(specimen.document, path, items)
    return variant(specimen, label, specimen.with_json(document), by_schema(specimen, document, rule=RULE))


def _spoilt(item: object) -> dict[str, object]:
    """Return the item as null, and as an empty and a blank one of its kind."""
    if isinstance(item, str):
        return {"null": None, "empty": "", "blank": " \t"}
    if isinstance(item, dict):
        emptied = {name: "" if isinstance(value, str) else value for name, value in item.items()}
        return {"null": None, "empty": {}, "blank": emptied}
    return {"null": None}


MALFORMATION = Malformation(
    id="MC11",
    title="batches with some bad items",
    trouble="bad-batch",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a list that is not empty",
)
