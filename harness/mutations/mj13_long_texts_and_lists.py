"""MJ13: texts, names and lists far longer than anybody meant, about 200 kB each."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.steps import Expectation
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema, rejected
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen, rendered

RULE = "An implementation may limit the length of strings and lists (RFC 8259, section 9): it says so, and quickly."
OVER = "A body over the documented limit gets 413 (RFC 9110, section 15.5.14)."
LETTERS = 200_000
NAMES = 9_000


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, text in specimen.texts(1):
        yield _long(specimen, f"long-text-{dotted(path)}", replaced(specimen.document, path, text + "x" * LETTERS))
    for path, value in [(path, value) for path, value in specimen.fields() if isinstance(value, list) and value][:1]:
        items = [value[0]] * (LETTERS // (len(rendered(value[0])) + 2))
        yield _long(specimen, f"long-list-{dotted(path)}", replaced(specimen.document, path, items))
    if isinstance(specimen.document, dict):
        yield _long(specimen, "long-name", {**specimen.document, "x" * LETTERS: 1})
        many = {f"harness_{number}": number for number in range(NAMES)}
        yield _long(specimen, "many-names", {**specimen.document, **many})


def _long(specimen: Specimen, label: str, document: object) -> Variant:
    message = specimen.with_json(document)
    return variant(specimen, label, message, _expected(specimen, document, len(rendered(document))))


def _expected(specimen: Specimen, document: object, size: int) -> Expectation:
    """Return the oracle: over the documented limit it is refused, else the schema decides."""
    limit = specimen.contract.body_limit
    if limit and size > limit:
        return rejected(OVER, 413)
    return by_schema(specimen, document, rule=RULE, statuses=(400, 413, 422))


MALFORMATION = Malformation(
    id="MJ13",
    title="long texts, names and lists",
    trouble="over-long",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object or holds a text",
)
