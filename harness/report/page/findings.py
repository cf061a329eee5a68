"""Findings as cards: what happened, what is expected, why it matters, and how to see it with one's own eyes."""

from __future__ import annotations

from collections.abc import Iterable

from harness.report.format import Report, ReportedFinding, ShownExchange
from harness.report.page.markup import Html, fold, join, tag
from harness.report.page.sequence import sequence
from harness.report.page.words import FAMILY, milliseconds, severity
from harness.report.standing import repeated, standing


def findings(report: Report) -> Html:
    """Return the section of all findings; those that fail the gate first."""
    excused, advice = report.excused, report.advice
    return tag(
        "section",
        tag("h2", f"Findings ({len(report.findings)})"),
        None if report.findings else tag("p", "No finding."),
        [card(finding, open_=True) for finding in report.gating],
        tag("h3", f"Not counted: waived, or known already ({len(excused)})") if excused else None,
        [card(finding, open_=False) for finding in excused],
        tag("h3", f"Advice: does not fail the gate ({len(advice)})") if advice else None,
        [card(finding, open_=False) for finding in advice],
        id="findings",
    )


def card(finding: ReportedFinding, *, open_: bool) -> Html:
    """Return one finding."""
    head = tag(
        "h3",
        severity(finding.severity),
        " ",
        tag("span", finding.symptom, class_="symptom"),
        " ",
        tag("span", f"{finding.operation} · {finding.trouble}", class_="quiet"),
    )
    inside = (_told(finding), sequence(finding), _by_hand(finding), _messages(finding.exchanges), _look(finding))
    return tag("article", fold(head, *inside, open_=open_), id=f"finding-{finding.fingerprint}", class_="card")


def _told(finding: ReportedFinding) -> Html:
    """Return the three sentences and the facts."""
    facts = (
        finding.entry,
        FAMILY[finding.family],
        f"check {finding.check} ({finding.force})",
        f"blame: {finding.blame}",
        standing(finding),
        repeated(finding),
        f"fingerprint {finding.fingerprint}",
    )
    rows = (("Happened", finding.happened), ("Expected", finding.expected), ("Why it matters", finding.why))
    return join(
        tag("dl", [join(tag("dt", name), tag("dd", text)) for name, text in rows], class_="told"),
        tag("p", " · ".join(filter(None, facts)), class_="facts"),
    )


def _by_hand(finding: ReportedFinding) -> Html:
    """Return the commands: by hand, and with the harness."""
    commands = finding.commands
    missing = dict.fromkeys(exchange.no_command for exchange in finding.exchanges if exchange.no_command)
    return join(
        join(tag("h4", "See it by hand"), command((*finding.setup, *commands))) if commands else None,
        [tag("p", f"Not by hand: {why}.", class_="facts") for why in missing],
        tag("h4", "Repeat it with the harness"),
        command((finding.repeat,)),
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
    return tag("pre", text, tabindex="0")


def _look(finding: ReportedFinding) -> Html:
    """Return where to look, the service's own log lines, and every witness."""
    return join(
        tag("h4", "Where to look"),
        tag("ul", [tag("li", place) for place in finding.look]),
        join(tag("h4", "The service's own log"), _bytes("\n".join(finding.logs))) if finding.logs else None,
        fold(
            f"Seen in {len(finding.witnesses)} case{'' if len(finding.witnesses) == 1 else 's'}",
            tag("ul", [tag("li", tag("code", case)) for case in finding.witnesses]),
        ),
    )
