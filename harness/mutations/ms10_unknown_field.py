"""MS10: a field that nobody declared, and a declared one misspelt."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import Path, at, dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "An unknown field is refused or ignored by rule; a misspelt field is not the field."
EXTRA = "harness_extra"


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not isinstance(specimen.document, dict):
        return
    extras: dict[str, object] = {"extra-text": "x", "extra-null": None, "extra-object": {"a": 1}}
    for label, value in extras.items():
        document = {**specimen.document, EXTRA: value}
        expect = by_schema(specimen, document, rule=RULE, field=EXTRA)
        yield variant(specimen, label, specimen.with_json(document), expect)
    for path, _ in specimen.members(4):
        for label, name in _misspelt(str(path[-1])).items():
            document_of = _renamed(specimen.document, path, name)
            expect = by_schema(specimen, document_of, rule=RULE)
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document_of), expect)


def _misspelt(name: str) -> dict[str, str]:
    """Return ways to write ``name`` that are not it."""
    return {"misspelt": name + "s", "other-case": name.swapcase(), "space-behind": name + " "}


def _renamed(document: object, path: Path, name: str) -> object:
    """Return a copy of ``document`` with the member at ``path`` called ``name``, in its place."""
    parent = at(document, path[:-1])
    members = parent if isinstance(parent, dict) else {}
    renamed = {name if key == path[-1] else key: value for key, value in members.items()}
    return replaced(document, path[:-1], renamed)


MALFORMATION = Malformation(
    id="MS10",
    title="unknown field",
    trouble="unknown-field",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object",
)
