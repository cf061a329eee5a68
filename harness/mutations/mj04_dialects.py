"""MJ04: what other languages and JSON5 allow and JSON does not."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.pointers import dotted
from harness.mutations.specimen import Specimen, rendered

RULE = "Comments, single quotes, bare names and the words of other languages are no JSON (RFC 8259, sections 2 to 7)."

_WORDS = {"python-none": b"None", "python-true": b"True", "javascript-undefined": b"undefined"}


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json:
        return
    body = specimen.request.body
    around = {
        "line-comment": b"// a comment\n" + body,
        "block-comment": body + b" /* a comment */",
        "hash-comment": b"# a comment\n" + body,
    }
    for label, data in (*around.items(), *_names(specimen)):
        yield variant(specimen, label, specimen.with_body(data), rejected(RULE, 400))
    for path, text in specimen.texts(1):
        raw = b"'" + rendered(text)[1:-1] + b"'"
        yield variant(specimen, f"single-quotes-{dotted(path)}", specimen.with_raw(path, raw), rejected(RULE, 400))
    for path, _ in specimen.leaves(1):
        for label, word in _WORDS.items():
            yield variant(specimen, f"{label}-{dotted(path)}", specimen.with_raw(path, word), rejected(RULE, 400))


def _names(specimen: Specimen) -> Iterator[tuple[str, bytes]]:
    """Yield the body with its first name bare, and in single quotes."""
    if isinstance(specimen.document, dict) and specimen.document:
        name = rendered(next(iter(specimen.document)))
        for label, other in {"bare-name": b"name", "single-quoted-name": b"'name'"}.items():
            yield label, specimen.request.body.replace(name, other, 1)


MALFORMATION = Malformation(
    id="MJ04",
    title="dialects of JSON",
    trouble="json-dialect",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
