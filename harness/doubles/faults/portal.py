"""Something in between answers in the dependency's place: a page for people, with 200."""

from __future__ import annotations

from harness.doubles.kinds import FaultKind, Strike
from harness.doubles.responses import Response

_PAGE = b"<!doctype html><title>Maintenance</title><p>We are back soon. Please sign in to continue."


async def show_page(strike: Strike) -> None:
    """Answer 200 with HTML."""
    strike.fired()
    fields = (("Content-Type", "text/html; charset=utf-8"),)
    strike.send(Response(status=200, headers=fields, body=_PAGE), "answered with a page of a portal")


FAULT = FaultKind(
    name="portal",
    doc="The call does not arrive; something in between answers 200 with an HTML page.",
    strike=show_page,
)
