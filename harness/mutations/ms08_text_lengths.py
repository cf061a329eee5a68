"""MS08: texts of no character, of one, of the most that is allowed, and of one more; in characters and in bytes.

The bounds are found by asking the schema, so it does not matter how it states them.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.steps import Expected
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import Path, dotted, replaced
from harness.mutations.schema import Legality
from harness.mutations.specimen import Specimen, rendered

RULE = "A bound on length counts characters (JSON Schema Validation, section 6.3) and holds exactly."
LONGEST = 50_000
"""Characters up to which a bound is looked for; the bodies would be too large beyond."""
TWO_BYTES = "\u00e9"


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.texts():
        for label, text, bounded in _texts(_longest(specimen, path)):
            document = replaced(specimen.document, path, text)
            sure = bounded and _within_limit(specimen, document)
            legal = Expected.ACCEPTED if sure else Expected.EITHER
            statuses = (422,) if _within_limit(specimen, document) else (413, 422)
            expect = by_schema(specimen, document, rule=RULE, legal=legal, statuses=statuses, field=dotted(path))
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


def _texts(longest: int) -> Iterator[tuple[str, str, bool]]:
    """Yield label, text, and whether its length is one that the schema speaks of."""
    yield "0-characters", "", False
    yield "1-character", "a", False
    if longest:
        yield "longest", "a" * longest, True
        yield "longest-plus-1", "a" * (longest + 1), True
        yield "longest-of-two-byte-characters", TWO_BYTES * longest, True
        yield "longest-plus-1-of-two-byte-characters", TWO_BYTES * (longest + 1), True


def _longest(specimen: Specimen, path: Path) -> int:
    """Return the most letters that the schema allows at ``path``; 0 where it sets no bound (by bisection)."""

    def fits(size: int) -> bool:
        return specimen.judge(replaced(specimen.document, path, "a" * size)) is Legality.LEGAL

    low, high = 1, LONGEST
    if not fits(low) or fits(high):
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _within_limit(specimen: Specimen, document: object) -> bool:
    """Whether the body with this document keeps the documented limit of bytes."""
    limit = specimen.contract.body_limit
    return not limit or len(rendered(document)) <= limit


MALFORMATION = Malformation(
    id="MS08",
    title="lengths of texts",
    trouble="text-length",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a text",
)
