"""The answer ends inside its header block: its status came, what it means did not (RFC 9112, section 8)."""

from __future__ import annotations

from harness.doubles.kinds import FaultKind, Strike
from harness.model.faults import Landed


async def cut(strike: Strike) -> None:
    """Send the status line and half of what follows it in the header block."""
    strike.fired()
    whole = strike.answer.encoded(keep=False)
    status_line, _, rest = whole.partition(b"\r\n")
    fields = rest.partition(b"\r\n\r\n")[0]
    strike.close("cut inside its header block", status_line + b"\r\n" + fields[: len(fields) // 2])


FAULT = FaultKind(
    name="cut-head",
    doc="The effect lands; of the answer come the status line and half of the header block, then FIN.",
    landed=Landed.WHOLE,
    strike=cut,
)
