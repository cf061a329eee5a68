"""What goes with a request into every room that leaves the process: who asked, and how long there is."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from flask import g, has_app_context

from sample_app.outbound.deadline import Deadline


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The request's id and trace (W3C traceparent), to be passed on, and the moment by which all must be over."""

    request_id: str
    deadline: Deadline
    traceparent: str | None = None


def remember(context: Context) -> None:
    """Make a context that of the request in hand."""
    g.context = context


def seconds_left() -> float:
    """Return what the request in hand has left; infinity outside a request, and in one without a deadline."""
    context: Context | None = g.get("context") if has_app_context() else None
    return inf if context is None else context.deadline.left()


def passed_on(context: Context) -> dict[str, str]:
    """Write the headers by which a dependency's log can be joined with ours."""
    trace = {} if context.traceparent is None else {"traceparent": context.traceparent}
    return {"X-Request-Id": context.request_id, **trace}
