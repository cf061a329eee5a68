"""ME11: plain words of many scripts, which must come back as they were sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.steps import Compared
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "A legal text that is accepted comes back letter by letter: no charset is guessed, nothing is cut or replaced."

WORDS = {
    "accents": "caf\u00e9 \u00fcber",
    "chinese": "\u6f22\u5b57",
    "devanagari": "\u0939\u093f\u0928\u094d\u0926\u0940",
    "emoji": "go\U0001f680go",
}
"""Small letters without space at their ends, in NFC and NFKC: what is stripped, folded or normalised stays the same."""


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, _ in specimen.texts():
        for label, word in WORDS.items():
            document = replaced(specimen.document, path, word)
            expect = replace(by_schema(specimen, document, rule=RULE), compared=Compared.TEXTS)
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="ME11",
    title="letters of the world",
    trouble="other-script",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a text",
)
