"""MJ03: a comma, a colon or a bracket too many, too few, or the wrong one."""

from __future__ import annotations

from collections.abc import Iterator

from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import rejected
from harness.mutations.specimen import Specimen
from harness.mutations.tokens import places_of, spliced, structure

RULE = "What does not fit the grammar is no JSON text (RFC 8259, section 2) and is answered 400."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if isinstance(specimen.document, dict | list) and specimen.is_json:
        for label, body in broken(specimen.request.body):
            yield variant(specimen, label, specimen.with_body(body), rejected(RULE, 400))


def broken(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield label and bytes of ``body`` (an object or a list) with one sign of its structure wrong."""
    end = len(body.rstrip())
    last = body[end - 1 : end]
    yield "last-bracket-missing", body[: end - 1]
    yield "last-bracket-twice", body + last
    yield "last-bracket-wrong", spliced(body, end - 1, end, b"]" if last == b"}" else b"}")
    yield "first-bracket-missing", body.lstrip()[1:]
    yield "first-bracket-twice", body[:1] + body
    yield from _around_signs(body)
    if places_of(body, b":") or places_of(body, b","):
        yield "comma-behind-last", spliced(body, end - 1, end, b"," + last)


def _around_signs(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield what can be wrong about the first comma, the first colon and the first inner list."""
    for name, sign in (("comma", b","), ("colon", b":")):
        for place in places_of(body, sign)[:1]:
            yield f"{name}-missing", spliced(body, place, place + 1, b" ")
            yield f"{name}-twice", spliced(body, place, place + 1, sign * 2)
    inner = [offset for offset, sign in structure(body)[:-1] if sign == b"]"]
    for place in inner[:1]:
        if body[:place].rstrip()[-1:] != b"[":
            yield "comma-behind-last-item", spliced(body, place, place, b",")


MALFORMATION = Malformation(
    id="MJ03",
    title="broken structure",
    trouble="broken-json",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body that is an object or a list",
)
