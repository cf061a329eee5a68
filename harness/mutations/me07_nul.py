r"""ME07: the character U+0000, escaped, in values and names: where C code below ends a string."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen

RULE = "An escaped U+0000 is legal JSON (RFC 8259, section 7): rejected or kept exactly, never a cut string."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, text in specimen.texts_and_identity():
        for label, value in {"only": "\0", "inside": f"{text}\0{text}", "behind": f"{text}\0"}.items():
            document = replaced(specimen.document, path, value)
            expect = by_schema(specimen, document, rule=RULE)
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)
    if isinstance(specimen.document, dict):
        document = {**specimen.document, "harness\0extra": 1}
        expect = by_schema(specimen, document, rule=RULE, statuses=(400, 422))
        yield variant(specimen, "name", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="ME07",
    title="escaped NUL",
    trouble="nul",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object or holds a text",
)
