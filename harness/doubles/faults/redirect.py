"""The dependency sends its caller elsewhere: a POST that follows becomes a GET, and a GET books nothing.

RFC 9110, section 15.4.3: after 302 a client may change POST to GET. What it finds there looks right, which is the
danger of it.
"""

from __future__ import annotations

from dataclasses import replace

from harness.doubles.kinds import FaultKind, Strike
from harness.doubles.responses import Response

_FIRST = "first"


async def redirect(strike: Strike) -> None:
    """Answer 302; at the place itself answer 200 with what the first call would have been told. A loop has no place."""
    strike.fired()
    to = strike.word("to")
    if to and strike.target == to:
        strike.send(replace(strike.kept.get(_FIRST, strike.answer), status=200), "answered where it was redirected to")
        return
    strike.kept.setdefault(_FIRST, strike.answer)
    strike.send(Response(status=302, headers=(("Location", to or strike.target),)), "redirected")


FAULT = FaultKind(
    name="redirect",
    doc="Answers 302 to the path `to`, where 200 and the normal answer wait for a caller that follows; none: a loop.",
    settings={"to": "/elsewhere"},
    strike=redirect,
)
