"""MC10: the same document in another spelling: other order, other space, other escapes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from harness.model.steps import Compared
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import accepted, either
from harness.mutations.specimen import Specimen

RULE = (
    "The order of members, the space between tokens and the escapes in a string mean nothing (RFC 8259, sections 2, 4 "
    "and 7): the same document has the same result."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json or specimen.document is None:
        return
    for label, text in _spellings(specimen.document).items():
        body = text.encode()
        whole = not specimen.contract.body_limit or len(body) <= specimen.contract.body_limit
        expect = replace(accepted(RULE) if whole else either(RULE), compared=Compared.RESULT)
        if body != specimen.request.body:
            yield variant(specimen, label, specimen.with_body(body), expect)


def _spellings(document: object) -> dict[str, str]:
    """Return the document in ways that mean the same."""
    return {
        "names-reversed": json.dumps(_reversed(document), ensure_ascii=False),
        "spread-out": json.dumps(document, ensure_ascii=False, indent=4).replace("\n", "\r\n\t "),
        "compact": json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        "escaped": _escaped(json.dumps(document)),
    }


def _reversed(value: object) -> object:
    """Return ``value`` with the members of every object in the opposite order."""
    if isinstance(value, dict):
        return {name: _reversed(inner) for name, inner in reversed(value.items())}
    return [_reversed(item) for item in value] if isinstance(value, list) else value


def _escaped(text: str) -> str:
    """Return JSON with each small letter and space inside its strings written as an escape."""
    pieces = re.split(r'("(?:[^"\\]|\\.)*")', text)
    return "".join(re.sub(_PLAIN, _escape, piece) if piece.startswith('"') else piece for piece in pieces)


def _escape(found: re.Match[str]) -> str:
    return found[0] if len(found[0]) > 1 else f"\\u{ord(found[0]):04x}"


_PLAIN = r"\\(?:u....|.)|[a-z ]"


MALFORMATION = Malformation(
    id="MC10",
    title="the same document, spelt otherwise",
    trouble="other-spelling",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body",
)
