"""ME08: control characters, raw and escaped, in a text."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema, rejected
from harness.mutations.pointers import dotted, replaced
from harness.mutations.specimen import Specimen, rendered

RULE = "A raw character below U+0020 is no part of a string (RFC 8259, section 7): 400."
OTHERS = "DEL, C1 and escaped controls are legal JSON (RFC 8259, section 7): refused by rule or kept as they are."

_RAW = {"start-of-heading": b"\x01", "vertical-tab": b"\x0b", "escape": b"\x1b", "unit-separator": b"\x1f"}
_LEGAL = {"delete": "\x7f", "next-line": "\x85", "escaped-backspace": "\x08", "escaped-bell": "\x07"}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, text in specimen.texts(1):
        for label, data in _RAW.items():
            raw = rendered(text)[:-1] + data + b'"'
            yield variant(specimen, f"raw-{label}-{dotted(path)}", specimen.with_raw(path, raw), rejected(RULE, 400))
        for label, sign in _LEGAL.items():
            document = replaced(specimen.document, path, f"{text}{sign}{text}")
            expect = by_schema(specimen, document, rule=OTHERS)
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_json(document), expect)


MALFORMATION = Malformation(
    id="ME08",
    title="control characters",
    trouble="control-character",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a text",
)
