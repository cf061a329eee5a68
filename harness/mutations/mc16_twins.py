"""MC16: documents of one length and one beginning, valid and not, by turns on one worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.steps import Compared
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema, rejected
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "A message is read by its own bytes to the last: none is taken for another of the same length or beginning."
SENDS = 20

_NEXT = str.maketrans("abcdefghijklmnopqrstuvwxyz", "bcdefghijklmnopqrstuvwxyza")


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json or not isinstance(specimen.document, dict | list):
        return
    body = specimen.request.body.rstrip()
    wrong = b"]" if body.endswith(b"}") else b"}"
    yield variant(specimen, "other-last-bracket", specimen.with_body(body[:-1] + wrong), rejected(RULE, 400))
    yield variant(specimen, "nul-as-last-bracket", specimen.with_body(body[:-1] + b"\0"), rejected(RULE, 400))
    for path, text in specimen.texts(64)[-2:]:
        twin = text.translate(_NEXT)
        document = replaced(specimen.document, path, twin)
        expect = replace(by_schema(specimen, document, rule=RULE), compared=Compared.TEXTS)
        if twin != text:
            yield variant(specimen, f"twin-{dotted(path)}", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="MC16",
    title="twins of one length",
    trouble="twin",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object or a list",
    interleaved=SENDS,
)
