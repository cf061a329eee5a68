"""A gate: the call is held after its effect, until the fault is cleared, then answered as ever."""

from __future__ import annotations

from harness.doubles.kinds import FaultKind, Strike
from harness.model.faults import Landed


async def hold_then_answer(strike: Strike) -> None:
    """Wait for the gate to open, then answer."""
    strike.fired()
    await strike.hold(None)
    strike.send(strike.answer, "held, answered when cleared")


FAULT = FaultKind(
    name="held",
    doc="The effect lands at once, and the call is held until the fault is cleared; then comes the normal answer.",
    landed=Landed.WHOLE,
    strike=hold_then_answer,
)
