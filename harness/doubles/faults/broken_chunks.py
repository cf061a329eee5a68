"""The answer is chunked and its chunks are broken (RFC 9112, 7.1): it is incomplete, whatever its JSON says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from harness.doubles.kinds import FaultKind, Strike
from harness.model.faults import Landed

_CHUNKS: Mapping[str, Callable[[bytes], bytes]] = {
    "no-last": lambda body: b"%x\r\n%s\r\n" % (len(body), body),
    "bad-size": lambda body: b"zz\r\n%s\r\n0\r\n\r\n" % body,
}
"""What is written of a body."""


async def break_chunks(strike: Strike) -> None:
    """Send the whole body in one chunk, with the last chunk missing or with a size that is none."""
    strike.fired()
    whole = strike.answer if strike.answer.may_carry_body else replace(strike.answer, status=200)
    head = whole.encoded(framing="Transfer-Encoding: chunked", keep=False, head_only=True)
    strike.close("chunked wrongly", head + _CHUNKS[strike.word("chunks")](whole.body or b" "))


FAULT = FaultKind(
    name="broken-chunks",
    doc="The effect lands; the answer is chunked: its last chunk never comes, or a chunk's size is none. Then FIN.",
    landed=Landed.WHOLE,
    settings={"chunks": "no-last"},
    choices={"chunks": tuple(_CHUNKS)},
    strike=break_chunks,
)
