"""The answer drips: no gap is long, so a limit on each read never ends it; only a limit on the whole call does."""

from __future__ import annotations

from dataclasses import replace

from harness.doubles.kinds import FaultKind, Held, Strike
from harness.model.faults import Landed

_GAP = 0.1
"""Seconds between two pieces, where the part has enough bytes for that."""


async def drip(strike: Strike) -> None:
    """Send one part of the answer in pieces over ``delay`` seconds, and the rest at once; whole when it ends."""
    whole = strike.answer if strike.answer.may_carry_body else replace(strike.answer, status=200, body=b"{}")
    head, blank, body = whole.encoded(keep=False).partition(b"\r\n\r\n")
    in_head = strike.word("part") == "head"
    before, dripped, after = (b"", head, blank + body) if in_head else (head + blank, body, b"")
    strike.write(before)
    asked = strike.number("delay")
    pieces = _pieces(dripped, asked)
    held, sent = await _dripped(strike, pieces[:-1], asked)
    strike.fired(asked=asked, got=held.seconds, evidence=held.why)
    strike.close("dripped", b"".join(pieces[sent:]) + after, whole.status)


def _pieces(part: bytes, seconds: float) -> list[bytes]:
    """Return ``part`` in pieces of about the same size, one for every gap and a last one."""
    size = max(1, -(-len(part) // (round(seconds / _GAP) + 1)))
    return [part[start : start + size] for start in range(0, len(part), size)] or [b""]


async def _dripped(strike: Strike, pieces: list[bytes], seconds: float) -> tuple[Held, int]:
    """Send the pieces over ``seconds``; return how the last wait ended, and how many were sent."""
    for number, piece in enumerate(pieces, start=1):
        strike.write(piece)
        held = await strike.hold(seconds * number / len(pieces))
        if held.why:
            return held, number
    return (held, len(pieces)) if pieces else (await strike.hold(seconds), 0)


FAULT = FaultKind(
    name="drip",
    doc="The effect lands at once; the `part` of the answer comes in small pieces over `delay` seconds, then the rest.",
    landed=Landed.WHOLE,
    settings={"part": "body", "delay": 1.0},
    durations=frozenset({"delay"}),
    choices={"part": ("body", "head")},
    strike=drip,
)
