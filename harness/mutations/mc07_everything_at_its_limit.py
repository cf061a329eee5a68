"""MC07: every text at its longest and every list at its fullest, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.model.steps import Expectation
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema, rejected
from harness.mutations.pointers import Path, at, replaced
from harness.mutations.specimen import Specimen, rendered

RULE = "What overflows on the way is stopped before it is stored or sent: accepted whole or refused, never cut."
OVER = "A body over the documented limit gets 413 (RFC 9110, section 15.5.14)."
LONGEST, FULLEST = 20_000, 2_000


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if specimen.schema is None or not specimen.is_json:
        return
    texts = _stretched(specimen, lists=False)
    for label, document in {"texts": texts, "texts-and-lists": _stretched(specimen, lists=True)}.items():
        if document != specimen.document:
            yield variant(specimen, label, specimen.with_json(document), _expected(specimen, document))


def _expected(specimen: Specimen, document: object) -> Expectation:
    limit = specimen.contract.body_limit
    if limit and len(rendered(document)) > limit:
        return rejected(OVER, 413)
    return by_schema(specimen, document, rule=RULE, statuses=(422, 413))


def _stretched(specimen: Specimen, *, lists: bool) -> object:
    """Return the document with every bounded text as long, and with ``lists`` every bounded list as full, as may be."""
    document = specimen.document
    identity = specimen.identity_paths()
    for path, value in reversed(specimen.fields(64)):
        declared = specimen.declared(path)
        longest, fullest = _bound(declared, "maxLength", LONGEST), _bound(declared, "maxItems", FULLEST)
        if isinstance(value, str) and path not in identity and longest:
            document = replaced(document, path, value.ljust(longest, "x"))
        if lists and isinstance(value, list) and value and fullest:
            document = _filled(document, path, fullest)
    return document


def _bound(declared: Mapping[str, object], keyword: str, most: int) -> int:
    """Return the bound that the schema states; 0 where it states none, or one that costs more than it shows."""
    bound = declared.get(keyword)
    return bound if isinstance(bound, int) and 0 < bound <= most else 0


def _filled(document: object, path: Path, size: int) -> object:
    """Return ``document`` with the list at ``path`` repeated up to ``size`` items."""
    items = at(document, path)
    return replaced(document, path, (items * size)[:size]) if isinstance(items, list) else document


MALFORMATION = Malformation(
    id="MC07",
    title="everything at its limit",
    trouble="all-at-the-limit",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body with a declared schema that bounds its texts",
)
