"""MC15: a bad message, then the right one with the same key: the caller has mended it, or the line has."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.messages import Ending, Message, Wire
from harness.model.steps import Expectation
from harness.mutations.framing import head, length, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import by_schema, incomplete, rejected
from harness.mutations.pointers import dotted, replaced, without
from harness.mutations.schema import Legality
from harness.mutations.specimen import IDENTITY, Specimen

RULE = "A message that was refused, or never came whole, has done nothing: the right one is not held up by it."


def _variants(specimen: Specimen) -> Iterator[Variant]:
    if not specimen.is_json or not specimen.operation.event:
        return
    for label, message, expect in _bad(specimen):
        if IDENTITY.encode() in _content(message):
            yield variant(specimen, label, message, expect)


def _bad(specimen: Specimen) -> Iterator[tuple[str, Message, Expectation]]:
    """Yield messages that are surely refused, or surely not whole."""
    request, body = specimen.request, specimen.request.body
    for label, size in {"cut-in-the-middle": len(body) // 2, "cut-at-the-end": len(body) - 1}.items():
        data = head(request, length(len(body))) + body[:size]
        yield label, wire(data, Ending.HALF_CLOSE), incomplete(RULE, 400, 408)
    yield "garbage-behind", specimen.with_body(body + b" garbage"), rejected(RULE, 400)
    yield "not-utf-8", specimen.with_body(body + b"\xe9"), rejected(RULE, 400)
    identity = specimen.identity_paths()
    for path, value in specimen.members(3):
        other = [value] if not isinstance(value, list) else "text"
        changed = {"without": without(specimen.document, path), "wrong": replaced(specimen.document, path, other)}
        for label, document in changed.items():
            if path not in identity and specimen.judge(document) is Legality.ILLEGAL:
                yield f"{label}-{dotted(path)}", specimen.with_json(document), by_schema(specimen, document, rule=RULE)


def _content(message: Message) -> bytes:
    """Return the bytes of a message in which an identity could stand."""
    if isinstance(message, Wire):
        return message.data
    return "\n".join((message.target, *(value for _, value in message.headers))).encode("latin-1") + message.body


MALFORMATION = Malformation(
    id="MC15",
    title="corrected and sent again",
    trouble="corrected",
    layer="http",
    rule=RULE,
    variants=_variants,
    needs="a JSON body and an event with an identity",
    corrected=True,
)
