"""MS18: legal messages that are rarely sent: every optional field absent, every one present, pairs of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from harness.model.steps import Expected
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import Path, dotted, without
from harness.mutations.schema import Legality
from harness.mutations.specimen import Specimen

RULE = "What the contract allows is accepted, whichever optional fields are there."
MOST = 4
"""Optional fields that are tried alone and in pairs."""


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if specimen.schema is None:
        return
    present = _optional(specimen)
    bare = specimen.document
    for path in present:
        bare = without(bare, path)
    yield _legal(specimen, "required-only", bare)
    for path in present[:MOST] if len(present) > 1 else ():
        yield _legal(specimen, f"without-{dotted(path)}", without(specimen.document, path))
    yield from _with_absent(specimen, bare, _absent(specimen))


def _with_absent(specimen: Specimen, bare: object, absent: Mapping[str, object]) -> Iterator[Variant]:
    """Yield the document with optional fields that the example leaves out, all together and in pairs."""
    if not absent or not isinstance(bare, dict) or not isinstance(specimen.document, dict):
        return
    yield _legal(specimen, "every-optional", {**specimen.document, **absent})
    for first, second in combinations(list(absent)[:MOST], 2):
        pair = {first: absent[first], second: absent[second]}
        yield _legal(specimen, f"only-{first}-and-{second}", {**bare, **pair})


def _legal(specimen: Specimen, label: str, document: object) -> Variant:
    """Return a message that must be accepted if the schema allows it."""
    expect = by_schema(specimen, document, rule=RULE, legal=Expected.ACCEPTED)
    return variant(specimen, label, specimen.with_json(document), expect)


def _optional(specimen: Specimen) -> tuple[Path, ...]:
    """Return the members of the example that the schema lets one leave out, those that identify the event aside.

    Inner members come first, so that they can be removed one after the other.
    """
    found = [
        path
        for path, _ in specimen.members(64)
        if path not in specimen.identity_paths() and specimen.judge(without(specimen.document, path)) is Legality.LEGAL
    ]
    return tuple(sorted(found, key=len, reverse=True))


def _absent(specimen: Specimen) -> dict[str, object]:
    """Return declared members that the example leaves out at the top, each with a value that the schema gives."""
    declared = specimen.schema.at(()).get("properties") if specimen.schema else None
    if not isinstance(declared, dict) or not isinstance(specimen.document, dict):
        return {}
    given = {name: _given(inner) for name, inner in declared.items() if name not in specimen.document}
    return {name: values[0] for name, values in given.items() if values}


def _given(schema: object) -> list[object]:
    """Return values that a schema names; one made up here could break a rule that it does not state."""
    if not isinstance(schema, dict):
        return []
    named = [schema[key] for key in ("example", "const", "default") if key in schema]
    for key in ("examples", "enum"):
        listed = schema.get(key)
        named.extend(listed if isinstance(listed, list) else [])
    return named


MALFORMATION = Malformation(
    id="MS18",
    title="rare but legal",
    trouble="rare-but-legal",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a declared schema that allows the example",
)
