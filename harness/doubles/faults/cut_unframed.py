"""The answer has no length and is cut: nothing but its own syntax tells the caller that something is missing."""

from __future__ import annotations

from dataclasses import replace

from harness.doubles.kinds import FaultKind, Strike
from harness.model.faults import Landed


async def cut(strike: Strike) -> None:
    """Send the header block without a length and half of the body; the end of the connection ends the answer."""
    strike.fired()
    whole = strike.answer if strike.answer.may_carry_body else replace(strike.answer, status=200)
    part = replace(whole, body=whole.body[: len(whole.body) // 2])
    strike.close("cut short, without a length", part.encoded(framing="", keep=False))


FAULT = FaultKind(
    name="cut-unframed",
    doc="The effect lands; the answer has no Content-Length and ends, by FIN, after half of its body.",
    landed=Landed.WHOLE,
    strike=cut,
)
