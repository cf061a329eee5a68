"""What goes with a request into every room that leaves the process: who asked, and how long there is."""

from __future__ import annotations

from dataclasses import dataclass

from sample_app.outbound.deadline import Deadline


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """The request's id and trace (W3C traceparent), to be passed on, and the moment by which all must be over."""

    request_id: str
    deadline: Deadline
    traceparent: str | None = None


def passed_on(context: Context) -> dict[str, str]:
    """Write the headers by which a dependency's log can be joined with ours."""
    trace = {} if context.traceparent is None else {"traceparent": context.traceparent}
    return {"X-Request-Id": context.request_id, **trace}
