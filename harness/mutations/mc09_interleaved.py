"""MC09: valid and invalid messages by turns, many times over on one worker: nothing leaks from one to the next."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema, rejected
from harness.mutations.pointers import dotted, replaced, without
from harness.mutations.schema import Legality
from harness.mutations.specimen import Specimen

RULE = "No field, default or error of one request shows in another: a request is judged by what it holds alone."
SENDS = 100


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    body = specimen.request.body
    for label, broken in {"open": b"{" + body, "garbage": body + b" garbage"}.items():
        yield variant(specimen, label, specimen.with_body(broken), rejected(RULE, 400))
    for path, value in specimen.members(2):
        other = [value] if not isinstance(value, list) else "text"
        changed = {"without": without(specimen.document, path), "wrong": replaced(specimen.document, path, other)}
        for label, document in changed.items():
            if specimen.judge(document) is Legality.ILLEGAL:
                expect = by_schema(specimen, document, rule=RULE, field=dotted(path))
                yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="MC09",
    title="valid and invalid by turns",
    trouble="interleaved",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
    interleaved=SENDS,
)
