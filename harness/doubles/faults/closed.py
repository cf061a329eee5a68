"""The call is read, then the connection is closed without a byte."""

from __future__ import annotations

from harness.doubles.kinds import FaultKind, Strike


async def close(strike: Strike) -> None:
    """Send FIN in place of an answer."""
    strike.fired()
    strike.close("closed without an answer")


FAULT = FaultKind(
    name="closed", doc="The call is read, then the connection is closed (FIN) without a byte.", strike=close
)
