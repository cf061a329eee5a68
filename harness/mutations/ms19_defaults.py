"""MS19: a declared default that is sent, and one that is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.steps import Compared, Expected
from harness.model.verdicts import Force
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import Path, at, dotted, replaced, without
from harness.mutations.specimen import Specimen

RULE = "A default is what an absent field means (OpenAPI 3.0, Schema Object): sent or left out, the result is the same."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, default in _defaults(specimen):
        parent = at(specimen.document, path[:-1])
        absent = isinstance(parent, dict) and path[-1] not in parent
        if absent:
            yield _same(specimen, f"sent-{dotted(path)}", replaced(specimen.document, path, default))
        elif at(specimen.document, path) == default:
            yield _same(specimen, f"left-out-{dotted(path)}", without(specimen.document, path))


def _same(specimen: Specimen, label: str, document: object) -> Variant:
    found = by_schema(specimen, document, rule=RULE, legal=Expected.ACCEPTED)
    expect = replace(found, compared=Compared.RESULT, force=Force.SHOULD)
    return variant(specimen, label, specimen.with_json(document), expect)


def _defaults(specimen: Specimen) -> Iterator[tuple[Path, object]]:
    """Yield the fields of the outermost object, and of objects in it, that have a declared default."""
    if specimen.schema is None or not isinstance(specimen.document, dict):
        return
    objects = [((), specimen.document), *((p, v) for p, v in specimen.fields(64) if isinstance(v, dict))]
    for path, _ in objects:
        properties = specimen.declared(path).get("properties")
        for name, inner in properties.items() if isinstance(properties, dict) else ():
            if isinstance(inner, dict) and "default" in inner:
                yield (*path, name), inner["default"]


MALFORMATION = Malformation(
    id="MS19",
    title="defaults sent and left out",
    trouble="default",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a field that has a declared default",
)
