"""MJ11: brackets in brackets, beyond what a recursive parser survives."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema, rejected
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "An implementation may limit the depth of nesting (RFC 8259, section 9): beyond it the answer is 4xx, never 5xx."
UNCLOSED = "Brackets that are never closed are no JSON text (RFC 8259, section 2), however many."
DEPTHS = (100, 1_000, 5_000)
MANY = 100_000


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    statuses = (400, 413, 422)
    for path, _ in specimen.leaves(1):
        place = dotted(path)
        in_list = by_schema(specimen, replaced(specimen.document, path, [[]]), rule=RULE, statuses=statuses)
        in_object = by_schema(specimen, replaced(specimen.document, path, {"a": {}}), rule=RULE, statuses=statuses)
        for depth in DEPTHS:
            yield variant(specimen, f"{depth}-lists-{place}", specimen.with_raw(path, lists(depth)), in_list)
            yield variant(specimen, f"{depth}-objects-{place}", specimen.with_raw(path, objects(depth)), in_object)
        unclosed = specimen.with_raw(path, b"[" * MANY)
        yield variant(specimen, f"{MANY}-open-brackets-{place}", unclosed, rejected(UNCLOSED, *statuses))
    top = by_schema(specimen, [[]], rule=RULE, statuses=statuses)
    for depth in (DEPTHS[-1], MANY):
        yield variant(specimen, f"{depth}-lists-at-the-top", specimen.with_body(lists(depth)), top)
    open_only = specimen.with_body(b"[" * MANY)
    yield variant(specimen, f"{MANY}-open-brackets", open_only, rejected(UNCLOSED, *statuses))


def lists(depth: int) -> bytes:
    """Return that many lists in one another."""
    return b"[" * depth + b"]" * depth


def objects(depth: int) -> bytes:
    """Return that many objects in one another."""
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


MALFORMATION = Malformation(
    id="MJ11",
    title="deep nesting",
    trouble="deep-nesting",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
