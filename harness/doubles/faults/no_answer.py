"""The call is read and never answered."""

from __future__ import annotations

from harness.doubles.kinds import FaultKind, Strike


async def never_answer(strike: Strike) -> None:
    """Hold the connection open until the fault is cleared, then close it without a byte."""
    strike.fired()
    await strike.hold(None)
    strike.close("never answered, closed when cleared")


FAULT = FaultKind(
    name="no-answer",
    doc="The call is read and never answered; the connection is closed when the fault is cleared.",
    strike=never_answer,
)
