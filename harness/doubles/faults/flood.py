"""The answer never ends: white space, which JSON allows anywhere, for as long as somebody reads it."""

from __future__ import annotations

from dataclasses import replace

from harness.doubles.kinds import FaultKind, Held, Strike
from harness.model.faults import Landed

_PIECE = b"%x\r\n%s\r\n" % (64 * 1024, b" " * 64 * 1024)
_UNREAD = 1024 * 1024
"""Bytes that may wait for the caller before the flood waits for him."""
_PAUSE = 0.004


async def flood(strike: Strike) -> None:
    """Send chunk after chunk, some 15 MiB a second, until the caller hangs up or the fault is cleared."""
    strike.fired()
    whole = strike.answer if strike.answer.may_carry_body else replace(strike.answer, status=200)
    strike.write(whole.encoded(framing="Transfer-Encoding: chunked", keep=False, head_only=True))
    waiting, held = 0, Held(seconds=0.0)
    while not held.why:
        waiting = strike.write(_PIECE if waiting < _UNREAD else b"")
        held = await strike.hold(held.seconds + _PAUSE)
    strike.close("flooded until it ended")


FAULT = FaultKind(
    name="flood",
    doc="The effect lands; the answer's body never ends: white space in chunks until the caller hangs up.",
    landed=Landed.WHOLE,
    strike=flood,
)
