"""MW19: a chunk size that is no hexadecimal number, or one that no body can have."""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.messages import Ending
from harness.mutations.framing import CHUNKED, LAST_CHUNK, chunk, head, wire
from harness.mutations.malformation import Malformation, Variant, variant
from harness.mutations.oracles import either, incomplete, rejected
from harness.mutations.specimen import Specimen

RULE = (
    "A chunk size is one or more hexadecimal digits (RFC 9112, section 7.1); a body that cannot be read so is "
    "the client's fault: 400 and the connection is closed."
)
HUGE = "A recipient MUST anticipate large chunk sizes and not overflow on them (RFC 9112, section 7.1)."
EXTENSION = (
    "An unknown chunk extension MUST be ignored, but a server ought to limit their length (RFC 9112, section 7.1.1)."
)


def _variants(specimen: Specimen) -> Iterator[Variant]:
    request = specimen.request
    body, start = request.body, head(request, CHUNKED)
    if not body:
        return
    sizes = {
        "letters": b"zz",
        "negative": b"-b",
        "hexadecimal-prefix": b"0x%x" % len(body),
        "plus-sign": b"+%x" % len(body),
        "underscore": b"0_%x" % len(body),
        "empty": b"",
    }
    for label, size in sizes.items():
        yield variant(specimen, label, wire(start + chunk(body, size) + LAST_CHUNK), rejected(RULE, 400))
    for label, huge in {"2-to-the-64": 2**64, "wraps-to-right": 2**64 + len(body)}.items():
        data = start + chunk(body, b"%x" % huge) + LAST_CHUNK
        yield variant(specimen, label, wire(data, Ending.HALF_CLOSE), incomplete(HUGE))
    extended = start + chunk(body, extension=b";x=" + b"y" * 65_536) + LAST_CHUNK
    yield variant(specimen, "extension-64-kB", wire(extended), either(EXTENSION))


MALFORMATION = Malformation(
    id="MW19",
    title="invalid chunk size",
    trouble="invalid-chunk-size",
    layer="wire",
    rule=RULE,
    variants=_variants,
    needs="a body",
)
