"""The dependency did what it was asked, and the caller never learns it."""

from __future__ import annotations

from harness.doubles.kinds import FaultKind, Strike
from harness.model.faults import Landed


async def lose_reply(strike: Strike) -> None:
    """Send FIN in place of the answer to an effect that landed."""
    strike.fired()
    strike.close("closed after the effect, without an answer")


FAULT = FaultKind(
    name="reply-lost",
    doc="The effect lands, then the connection is closed (FIN) without a byte of the answer.",
    landed=Landed.WHOLE,
    strike=lose_reply,
)
