"""Connection refused: nobody listens. No socket sees a refused connect, so the kernel's own count is the evidence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harness.doubles.kernel import SNMP, failed_connects
from harness.doubles.kinds import Door, FaultKind, Observation, Observe


@asynccontextmanager
async def refuse(door: Door) -> AsyncIterator[Observe]:
    """Keep the door shut; what failed to connect in this network namespace since then is what it shows."""
    await door.shut()
    before = failed_connects()

    def observe() -> Observation:
        now = failed_connects()
        if before is None or now is None:
            return Observation(strikes=0, blind=f"refused connects cannot be counted: {SNMP} shows no Tcp AttemptFails")
        return Observation(
            strikes=now - before, evidence=f"Tcp AttemptFails rose by {now - before} while port {door.port} was shut"
        )

    try:
        yield observe
    finally:
        await door.reopen()


FAULT = FaultKind(
    name="refused",
    doc="Nobody listens on the dependency's port: connects are refused by the kernel, idle connections are closed.",
    stand=refuse,
)
