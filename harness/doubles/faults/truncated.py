"""The answer is cut: it promises more bytes than come before FIN (incomplete by RFC 9112, section 8)."""

from __future__ import annotations

from dataclasses import replace

from harness.doubles.kinds import FaultKind, Strike
from harness.model.faults import Landed


async def cut(strike: Strike) -> None:
    """Send the header block and half of the body. An answer too short to be cut still promises two bytes."""
    strike.fired()
    whole = strike.answer if strike.answer.may_carry_body else replace(strike.answer, status=200)
    claimed = max(len(whole.body), 2)
    part = replace(whole, body=whole.body[: claimed // 2])
    strike.close("cut short", part.encoded(claimed=claimed))


FAULT = FaultKind(
    name="truncated",
    doc="The effect lands; the answer's Content-Length is that of the whole body, half of it comes, then FIN.",
    landed=Landed.WHOLE,
    strike=cut,
)
