"""Asking about a source: ``GET {REFERENCE_URL}/sources/<name>``, which only reads and may always be left out.

Contract. In: a source, exactly as it was sent. Out: a SourceInfo, whatever happens; this call never fails a request.

    200 with this name and a title   the title
    404                              no title, and nothing is missing: nobody knows this source
    late                             no title, degraded ``late``
    gone, refused, busy, left alone  no title, degraded ``unavailable``
    cut, malformed, another answer   no title, degraded ``broken``
    REFERENCE_URL is not set         no title, degraded ``not-configured``; nothing is called

Its deadline is short, because what it costs is taken from the ledger's time. Non-goals: nothing is remembered, so a
title is as old as its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from sample_app.context import Context, passed_on
from sample_app.documents.problem import NO_NUL
from sample_app.outbound.calls import Limits, Line, World, open_line
from sample_app.outbound.deadline import Deadline
from sample_app.outbound.exchange import Call, Reply, check_status, exchange, read_document
from sample_app.outbound.failures import CallFailure, FailureKind
from sample_app.outbound.retry import Retries
from sample_app.records import SourceInfo
from sample_app.settings import Settings

LookUp = Callable[[str, Context], SourceInfo]

NAME = "reference"
NOT_FOUND = 404
KNOWN_OR_NOT = frozenset({200, NOT_FOUND})
SAFE_TO_REPEAT: frozenset[FailureKind] = frozenset({"unavailable", "broken"})  # it only reads
MAX_TITLE = 200  # characters
DEGRADED: Mapping[FailureKind, str] = {
    "late": "late",
    "hurried": "late",
    "unavailable": "unavailable",
    "open": "unavailable",
    "full": "unavailable",
    "broken": "broken",
    "wrong": "broken",
}
NOT_CONFIGURED = SourceInfo(title=None, degraded="not-configured")


class Source(BaseModel):
    """What the reference service says of a source. It may say more."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)
    name: str
    title: Annotated[str, Field(max_length=MAX_TITLE, pattern=NO_NUL)] | None


def reference_line(settings: Settings, world: World) -> Line:
    """Build the way to the reference service, with the limits of the settings."""
    retries = Retries(tries=settings.reference_tries, safe=SAFE_TO_REPEAT, first=settings.backoff)
    limits = Limits(
        deadline=settings.reference_deadline,
        retries=retries,
        places=settings.reference_calls,
        wait=settings.call_wait,
        failures=settings.breaker_failures,
        open_for=settings.breaker_open,
    )
    return open_line(NAME, limits, world)


def looker(settings: Settings, line: Line | None = None) -> LookUp:
    """Build the look-up stage; ``line`` is the way to the service, one of its own where it is left out."""
    if settings.reference_url is None:
        return lambda _name, _context: NOT_CONFIGURED
    way, base = line or reference_line(settings, World()), f"{settings.reference_url}/sources/"

    def look_up(name: str, context: Context) -> SourceInfo:
        """Ask about a source; an answer that cannot be had says why."""
        call = Call(method="GET", url=base + segment(name), headers=passed_on(context))

        def once(deadline: Deadline) -> SourceInfo:
            return read_source(name, exchange(call, deadline))

        try:
            return way.call(once, context.deadline)
        except CallFailure as failure:
            return SourceInfo(title=None, degraded=DEGRADED[failure.kind])

    return look_up


def segment(name: str) -> str:
    """Write a name as one segment of a path (RFC 3986); dots too, since ``.`` and ``..`` would be steps, not names."""
    return quote(name, safe="").replace(".", "%2E")


def read_source(name: str, reply: Reply) -> SourceInfo:
    """Believe an answer only if it is about the source that was asked for."""
    check_status(reply, KNOWN_OR_NOT)
    if reply.status == NOT_FOUND:
        return SourceInfo(title=None)
    source = read_document(reply, Source)
    if source.name != name:
        raise CallFailure("broken", "the answer is about another source")
    return SourceInfo(title=source.title)
