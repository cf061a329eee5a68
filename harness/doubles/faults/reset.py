"""The call is read, then the connection is reset."""

from __future__ import annotations

from harness.doubles.kinds import FaultKind, Strike


async def reset(strike: Strike) -> None:
    """Send RST in place of an answer."""
    strike.fired()
    strike.reset("reset")


FAULT = FaultKind(
    name="reset", doc="The call is read, then the connection is reset (RST) without an answer.", strike=reset
)
