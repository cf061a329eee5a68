"""Whose fault it is: the same messages to the service and to a trivial application on the same server."""

from __future__ import annotations

from harness.model.messages import Outcome
from harness.report.format import Report, ServerLine
from harness.report.page.markup import Child, Html, fold, table, tag
from harness.report.summary import plural

_WORD = {
    Outcome.ACCEPTED: "accepted",
    Outcome.REJECTED: "refused",
    Outcome.FAILED: "failed",
    Outcome.INDETERMINATE: "no answer",
}


def servers(report: Report) -> Html | None:
    """Return the section of the control application; None where no message went there."""
    if not report.servers:
        return None
    rows = [_row(line) for line in report.servers]
    number = sum(line.count for line in report.servers)
    apart = sum(line.count for line in report.servers if line.service is not line.control)
    said = (
        f"{plural(number, 'message')} also went to a trivial application on the same server. Where both did the same, "
        f"the server decides; the application made the difference for {apart:,}."
    )
    head = ("entry", "trouble", "messages", "the service", "the trivial application", "so")
    listed = table(head, rows, numbers=(2,), caption="The service beside a trivial application on the same server")
    return tag("section", tag("h2", "Server or application"), tag("p", said), fold("Every entry", listed), id="servers")


def _row(line: ServerLine) -> tuple[Child, ...]:
    """Return one row."""
    return (
        tag("code", line.entry),
        line.trouble,
        f"{line.count:,}",
        _WORD[line.service],
        _WORD[line.control],
        _meaning(line),
    )


def _meaning(line: ServerLine) -> str:
    """Tell what the two together mean."""
    if line.service is line.control:
        return _SAME[line.service]
    if line.control is Outcome.ACCEPTED:
        return f"the server hands it over; the application {_THEN[line.service]}"
    return f"the application makes the difference: it {_THEN[line.service]}"


_SAME = {
    Outcome.ACCEPTED: "the server hands it over, and the application takes it",
    Outcome.REJECTED: "the server refuses it for every application",
    Outcome.FAILED: "the server fails for every application",
    Outcome.INDETERMINATE: "the server closes without an answer",
}
_THEN = {
    Outcome.ACCEPTED: "takes it",
    Outcome.REJECTED: "refuses it",
    Outcome.FAILED: "fails",
    Outcome.INDETERMINATE: "gives no answer",
}
