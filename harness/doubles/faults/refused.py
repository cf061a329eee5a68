"""Connection refused: nobody listens. No listening socket sees a refused connect, so the kernel gives the evidence."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harness.doubles.kernel import refused_connects
from harness.doubles.kinds import Door, FaultKind, Observe


@asynccontextmanager
async def refuse(door: Door) -> AsyncIterator[Observe]:
    """Keep the door shut, and count the connects that come to it meanwhile."""
    await door.shut()
    try:
        with refused_connects(door.port) as observe:
            yield observe
    finally:
        await door.reopen()


FAULT = FaultKind(
    name="refused",
    doc="Nobody listens on the dependency's port: connects are refused by the kernel, idle connections are closed.",
    stand=refuse,
)
