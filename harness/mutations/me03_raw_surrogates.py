"""ME03: surrogates that were encoded one by one, as CESU-8 does."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.pointers import dotted
from harness.mutations.specimen import Specimen, rendered

RULE = "UTF-8 prohibits encoding the surrogates U+D800 to U+DFFF (RFC 3629, section 3): it is no JSON text, 400."

_BYTES = {"high": b"\xed\xa0\xbd", "low": b"\xed\xb8\x80", "pair": b"\xed\xa0\xbd\xed\xb8\x80"}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    for path, text in specimen.texts(1):
        for label, data in _BYTES.items():
            raw = rendered(text)[:-1] + data + b'"'
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_raw(path, raw), rejected(RULE, 400))


MALFORMATION = Malformation(
    id="ME03",
    title="surrogates in UTF-8",
    trouble="raw-surrogate",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that holds a text",
)
