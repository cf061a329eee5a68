"""Which armed fault strikes which call: counted from arming, in the order of arming."""

from __future__ import annotations

import asyncio

from harness.doubles.kinds import FaultKind
from harness.doubles.responses import Response
from harness.model.faults import Fault, Landed


class Armed:
    """An armed fault: how many matching calls it saw, how many it struck, and the strikes still at work."""

    def __init__(self, fault: Fault, kind: FaultKind) -> None:
        self.fault = fault
        self.kind = kind
        self.landed: Landed = kind.lands(fault.settings) if fault.landed is None else fault.landed
        self.seen = 0
        self.struck = 0
        self.strikes: set[asyncio.Task[None]] = set()
        self.kept: dict[str, Response] = {}
        self.released: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def matches(self, call: str) -> bool:
        """Count a call that this fault is about; return whether it may strike it."""
        if self.kind.strike is None or self.fault.call not in ("", call):
            return False
        self.seen += 1
        return self.seen >= self.fault.first and (self.fault.times == 0 or self.struck < self.fault.times)


class Armoury:
    """The armed faults of a double, first armed first."""

    def __init__(self) -> None:
        self.armed: dict[str, Armed] = {}

    def striking(self, call: str) -> Armed | None:
        """Return the fault that strikes this call, None: no one. Every fault counts it, whichever strikes it."""
        may = [armed for armed in self.armed.values() if armed.matches(call)]
        if may:
            may[0].struck += 1
        return may[0] if may else None
