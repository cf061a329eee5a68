"""The answer is right, but its header block is larger than HTTP libraries read."""

from __future__ import annotations

from dataclasses import replace

from harness.doubles.kinds import FaultKind, Strike
from harness.model.faults import Landed

_FIELDS: tuple[tuple[str, str], ...] = (("X-Long", "x" * 70_000), *((f"X-Many-{n}", "x") for n in range(200)))
"""One field of 70 kB and two hundred small ones: http.client alone refuses lines of 64 KiB and 100 fields."""


async def enlarge(strike: Strike) -> None:
    """Answer as always, with the fields added."""
    strike.fired()
    answer = strike.answer
    strike.send(replace(answer, headers=(*answer.headers, *_FIELDS)), "answered with a large header block")


FAULT = FaultKind(
    name="large-head",
    doc="The effect lands; the normal answer has a header field of 70 kB and 200 small ones besides.",
    landed=Landed.WHOLE,
    strike=enlarge,
)
