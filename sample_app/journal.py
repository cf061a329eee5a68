"""The log: one JSON object a line, on standard output.

Each request ends with exactly one line whose ``event`` is ``request``. Other events (``exception``, ``alert``,
``release-failed``) may come before it and carry the same request_id. Everything is ASCII with escapes, so no value can
forge a line or reach the terminal.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable
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


def open_journal(stream: TextIO | None = None) -> logging.Logger:
    """Make a logger of this app's own: two apps in one process do not share it."""
    journal = logging.Logger("sample_app", logging.INFO)  # noqa: LOG001 - getLogger would make it a global
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLine())
    journal.addHandler(handler)
    return journal


@dataclass(slots=True)
class Trace:
    """What is known so far about the request in hand. Mutable on purpose: it follows the request through the rooms."""

    request_id: str
    started: float = field(default_factory=time.monotonic)
    stage: str = "ingress"
    entity_id: str | None = None

    def enter(self, stage: str) -> None:
        """Go on to the next stage."""
        self.stage = stage


def current_trace(new_id: Callable[[], str]) -> Trace:
    """Return the trace of the request in hand, opening one where the request failed before it had any."""
    trace = g.get("trace")
    if not isinstance(trace, Trace):
        trace = g.trace = Trace(request_id=new_id())
    return trace


def outcome_of(status: int) -> str:
    """Name the outcome: 4xx is the caller's, 5xx is ours or our dependency's."""
    if status < 400:
        return ACCEPTED
    return REJECTED if status < 500 else FAILED


def log_request(journal: logging.Logger, trace: Trace, method: str, route: str | None, status: int) -> None:
    """Write the terminal line of a request; latency is in milliseconds."""
    fields = {
        "request_id": trace.request_id,
        "entity_id": trace.entity_id,
        "method": method,
        "route": route,
        "stage": trace.stage,
        "outcome": outcome_of(status),
        "status": status,
        "latency_ms": round((time.monotonic() - trace.started) * 1000, 3),
    }
    journal.info("request", extra={"fields": fields})
