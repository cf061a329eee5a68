"""The log: one JSON object a line, on standard output.

Each request ends with exactly one line whose ``event`` is ``request``. Other events (``stage`` at debug level,
``exception``, ``alert``, ``storage-unavailable``, ``release-failed``) may come before it and carry its request_id.
Everything is ASCII with escapes, so no value can forge a line or reach the terminal.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from dataclasses import dataclass, field
from typing import TextIO

from flask import g

ACCEPTED, REJECTED, FAILED = "accepted", "rejected", "failed"


class JsonLine(logging.Formatter):
    """One record as one line of JSON; the message is the event, ``fields`` are the rest."""

    def format(self, record: logging.LogRecord) -> str:
        """Write time (seconds since 1970, UTC), level, event and fields; a traceback becomes one string."""
        line: dict[str, object] = {
            "time": round(record.created, 6),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


def open_journal(level: int = logging.INFO, stream: TextIO | None = None) -> logging.Logger:
    """Make a logger of this app's own: two apps in one process do not share it."""
    journal = logging.Logger("sample_app", level)  # noqa: LOG001 - getLogger would make it a global
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLine())
    journal.addHandler(handler)
    return journal


@dataclass(slots=True, kw_only=True)
class Trace:
    """What is known so far about the request in hand. Mutable on purpose: it follows the request through the rooms.

    ``problem`` is the slug of the error it is answered with; ``items`` counts what was accepted and rejected.
    """

    request_id: str
    journal: logging.Logger
    traceparent: str | None = None
    started: float = field(default_factory=time.monotonic)
    stage: str = "ingress"
    stage_started: float = field(default_factory=time.monotonic)
    entity_id: str | None = None
    problem: str | None = None
    items: tuple[int, int] | None = None

    def enter(self, stage: str) -> None:
        """Go on to the next stage; the one that ends leaves a line at debug level."""
        moment = time.monotonic()
        if self.journal.isEnabledFor(logging.DEBUG):
            took = round((moment - self.stage_started) * 1000, 3)
            fields = {"request_id": self.request_id, "entity_id": self.entity_id, "stage": self.stage, "took_ms": took}
            self.journal.debug("stage", extra={"fields": fields})
        self.stage, self.stage_started = stage, moment

    def took(self) -> float:
        """Return the seconds since the request came in."""
        return time.monotonic() - self.started


def current_trace() -> Trace:
    """Return the trace of the request in hand; the first hook of every request has put it there."""
    trace: Trace = g.trace
    return trace


def outcome_of(status: int) -> str:
    """Name the outcome: 4xx is the caller's, 5xx is ours or our dependency's."""
    if status < 400:
        return ACCEPTED
    return REJECTED if status < 500 else FAILED


def log_request(trace: Trace, method: str, route: str | None, status: int) -> None:
    """Write the terminal line of a request; latency is in milliseconds."""
    accepted, rejected = trace.items or (None, None)
    fields = {
        "request_id": trace.request_id,
        "entity_id": trace.entity_id,
        "traceparent": trace.traceparent,
        "method": method,
        "route": route,
        "stage": trace.stage,
        "outcome": outcome_of(status),
        "status": status,
        "problem": trace.problem,
        "items_accepted": accepted,
        "items_rejected": rejected,
        "latency_ms": round(trace.took() * 1000, 3),
    }
    trace.journal.info("request", extra={"fields": fields})
