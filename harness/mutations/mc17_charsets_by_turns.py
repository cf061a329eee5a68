"""MC17: bytes in the wrong charset and right words of many scripts, by turns on one worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from harness.model.steps import Compared
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.me11_letters_of_the_world import WORDS
from harness.mutations.oracles import by_schema, rejected
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen, rendered

RULE = "JSON between systems is UTF-8 (RFC 8259, section 8.1), in every message anew: none teaches the service another."
SENDS = 30


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if specimen.is_json:
        cut = specimen.with_body(specimen.request.body + b"\xe2\x82")
        yield variant(specimen, "cut-behind", cut, rejected(RULE, 400))
    for path, text in specimen.texts():
        raw = rendered(text)[:-1] + b'\xe9"'
        yield variant(specimen, f"latin-1-{dotted(path)}", specimen.with_raw(path, raw), rejected(RULE, 400))
        for label, word in WORDS.items():
            document = replaced(specimen.document, path, word)
            expect = replace(by_schema(specimen, document, rule=RULE), compared=Compared.TEXTS)
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="MC17",
    title="charsets by turns",
    trouble="charset-by-turns",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a text",
    interleaved=SENDS,
)
