"""MH07: bodies that are compressed, say so wrongly, or break off inside their coding."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace

from harness.model.messages import Request
from harness.model.verdicts import Force
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either, rejected
from harness.mutations.specimen import Specimen

RULE = (
    "A Content-Encoding that the service does not take is answered 415 (RFC 9110, section 15.5.16), one that it takes "
    "is decoded; what cannot be decoded whole is the client's fault, 400."
)
IGNORED = (
    "A Content-Encoding says how the content is coded (RFC 9110, section 8.4): content in another coding is wrong."
)
TRAILER = "A gzip stream ends in a checksum and its length (RFC 1952, section 2.3.1): without them it is cut off."
LEVEL = 6


def _variants(specimen: Specimen) -> Iterator[Variant]:
    body = specimen.request.body
    if not specimen.is_json or not body:
        return
    packed = gzip.compress(body, LEVEL, mtime=0)
    broken = rejected(RULE, 415, 400)
    advice = rejected(IGNORED, 415, 400, force=Force.SHOULD)
    bodies = {
        "gzip": ("gzip", packed, either(RULE)),
        "gzip-cut": ("gzip", packed[: len(packed) // 2], broken),
        "gzip-without-trailer": ("gzip", packed[:-8], rejected(TRAILER, 415, 400, force=Force.SHOULD)),
        "gzip-twice-said-once": ("gzip", gzip.compress(packed, LEVEL, mtime=0), broken),
        "gzip-not-said": ("", packed, rejected(RULE, 400)),
        "plain-as-gzip": ("gzip", body, advice),
        "unknown": ("harness", body, advice),
    }
    for label, (coding, data, expect) in bodies.items():
        yield variant(specimen, label, _coded(specimen, coding, data), expect)


def _coded(specimen: Specimen, coding: str, body: bytes) -> Request:
    """Return the request with that body, and with the field that names the coding unless it is empty."""
    named = specimen.with_header("Content-Encoding", *([coding] if coding else []))
    return replace(named, body=body)


MALFORMATION = Malformation(
    id="MH07",
    title="content codings",
    trouble="content-coding",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
