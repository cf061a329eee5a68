"""The evidence of a finding: commands to see it with one's own eyes, the messages, the log, where to look."""

from __future__ import annotations

from collections.abc import Iterable

from harness.report.format import ReportedFinding, ShownExchange
from harness.report.page.markup import Html, fold, join, tag
from harness.report.page.words import milliseconds
from harness.report.shown import clipped
from harness.report.summary import plural

MESSAGE = 2_000
"""Characters of a message on the page; ``report.json`` has more, the history has all."""
WITNESSES = 60
"""Cases that are listed as witnesses."""


def evidence(finding: ReportedFinding) -> Html:
    """Return how to see a finding again, what was sent and answered, what the service logged, where to look."""
    return join(_by_hand(finding), _messages(finding.exchanges), _logs(finding), _look(finding))


def _by_hand(finding: ReportedFinding) -> Html:
    """Return the commands: by hand, and with the harness."""
    commands = finding.commands
    missing = dict.fromkeys(exchange.no_command for exchange in finding.exchanges if exchange.no_command)
    return join(
        join(tag("h4", "See it by hand"), command((*finding.setup, *commands))) if commands else None,
        [tag("p", f"Not by hand: {why}.", class_="facts") for why in missing],
        tag("h4", "Repeat it with the harness"),
        command((finding.repeat,)),
        _keep(finding) if finding.incident else None,
    )


def _keep(finding: ReportedFinding) -> Html:
    """Return how to keep a finding as a test for ever: its file lies beside the page, which links nothing outside."""
    return join(
        tag("h4", "Keep it as a test for ever"),
        command((f'{finding.accept} "$RUN/{finding.incident}"',)),
        tag("p", "RUN is the directory in which this page lies.", class_="facts"),
    )


def command(lines: Iterable[str]) -> Html:
    """Return shell lines to be copied."""
    return tag("pre", tag("code", "\n".join(lines)), class_="command", tabindex="0")


def _messages(exchanges: Iterable[ShownExchange]) -> Html:
    """Return request and answer of each decisive exchange."""
    return join([_message(exchange) for exchange in exchanges])


def _message(exchange: ShownExchange) -> Html:
    """Return one exchange, folded."""
    came = str(exchange.status) if exchange.status else exchange.silence or "not HTTP"
    summary = f"Request and answer: {exchange.label} ({came}, {milliseconds(exchange.took_ms)} ms)"
    answer = exchange.answer or exchange.silence
    return fold(
        summary,
        tag(
            "div",
            tag("div", tag("h5", f"Request, {exchange.request_size:,} bytes"), _bytes(exchange.request)),
            tag("div", tag("h5", f"Answer, {exchange.answer_size:,} bytes"), _bytes(answer)),
            class_="pair",
        ),
    )


def _bytes(text: str) -> Html:
    """Return a message as text."""
    return tag("pre", clipped(text, MESSAGE), tabindex="0")


def _logs(finding: ReportedFinding) -> Html | None:
    """Return what the service itself wrote; None where it wrote nothing of this case."""
    if not finding.logs:
        return None
    head = tag("h4", "The service's own log, by request id and event")
    return join(head, _bytes("\n".join(finding.logs)))


def _look(finding: ReportedFinding) -> Html:
    """Return where to look, and every witness."""
    cases = finding.witnesses
    more = len(cases) - WITNESSES
    return join(
        tag("h4", "Where to look"),
        tag("ul", [tag("li", place) for place in finding.look]),
        fold(
            f"Seen in {plural(len(cases), 'case')}",
            tag("ul", [tag("li", tag("code", case)) for case in cases[:WITNESSES]]),
            tag("p", f"{more:,} more are in report.json.", class_="facts") if more > 0 else None,
        ),
    )
