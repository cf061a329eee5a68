"""MS20: one node of the document deleted, doubled, swapped or of another type, by a walk without a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import Path, at, dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "Whatever one node of a document becomes, the schema alone decides, and nothing ends in an error of the server."
STEPS = 60
ODD: tuple[object, ...] = (None, True, -1, 0.5, "", "harness", [], [[]], {}, {"": None}, 10**19, "\u0000")


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    walk = Random(f"MS20/{specimen.operation.name}")  # the same walk for the same operation, for ever
    places = tuple(every_place(specimen.document))
    seen: list[object] = [specimen.document]
    for step in range(1, STEPS + 1):
        name, document = _changed(walk, specimen.document, walk.choice(places))
        if any(type(document) is type(other) and document == other for other in seen):
            continue
        seen.append(document)
        expect = by_schema(specimen, document, rule=RULE, statuses=(422, 400))
        yield variant(specimen, f"step-{step:02d}-{name}", specimen.with_json(document), expect)


def every_place(document: object, path: Path = ()) -> Iterator[Path]:
    """Yield every place of a JSON value, the whole first; all items of lists."""
    yield path
    if isinstance(document, dict):
        for name, value in document.items():
            yield from every_place(value, (*path, name))
    if isinstance(document, list):
        for index, value in enumerate(document):
            yield from every_place(value, (*path, index))


def _changed(walk: Random, document: object, path: Path) -> tuple[str, object]:
    """Return what was done at ``path``, and the document with it done."""
    done = walk.choice(("delete", "double", "swap", "type"))
    where = dotted(path) or "all"
    if path and done != "type":
        parent = at(document, path[:-1])
        other = _ACTS[done](parent, path[-1], walk)
        return f"{done}-{where}", replaced(document, path[:-1], other)
    return f"type-{where}", replaced(document, path, walk.choice(ODD))


def _delete(parent: object, key: str | int, _walk: Random) -> object:
    """Return ``parent`` without the child at ``key``."""
    if isinstance(parent, dict):
        return {name: value for name, value in parent.items() if name != key}
    return [item for index, item in enumerate(_items(parent)) if index != key]


def _double(parent: object, key: str | int, _walk: Random) -> object:
    """Return ``parent`` with the child at ``key`` twice: in an object under a second name."""
    if isinstance(parent, dict):
        return {**parent, f"{key}_": parent[str(key)]}
    items = _items(parent)
    return [*items, items[int(key)]]


def _swap(parent: object, key: str | int, walk: Random) -> object:
    """Return ``parent`` with the child at ``key`` and another one in each other's place."""
    if isinstance(parent, dict):
        other = walk.choice(sorted(parent))
        return {**parent, str(key): parent[other], other: parent[str(key)]}
    items = list(_items(parent))
    place = walk.randrange(len(items))
    items[int(key)], items[place] = items[place], items[int(key)]
    return items


def _items(parent: object) -> list[object]:
    return parent if isinstance(parent, list) else []


_ACTS: dict[str, Callable[[object, str | int, Random], object]] = {"delete": _delete, "double": _double, "swap": _swap}


MALFORMATION = Malformation(
    id="MS20",
    title="a walk of single changes",
    trouble="single-change",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
