"""The answer comes late, though the effect landed at once: the caller that gives up has still caused it."""

from __future__ import annotations

from harness.doubles.kinds import FaultKind, Strike
from harness.model.faults import Landed


async def answer_late(strike: Strike) -> None:
    """Wait, then answer. ``got`` falls short of ``asked`` only where the evidence says who ended the wait."""
    asked = strike.number("delay")
    held = await strike.hold(asked)
    strike.fired(asked=asked, got=held.seconds, evidence=held.why)
    strike.send(strike.answer, "answered late")


FAULT = FaultKind(
    name="late",
    doc="The effect lands at once, the normal answer comes `delay` seconds after the call; at once when cleared.",
    landed=Landed.WHOLE,
    settings={"delay": 1.0},
    durations=frozenset({"delay"}),
    strike=answer_late,
)
