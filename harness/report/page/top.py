"""The top of the page: the verdict with its reason, the numbers that it rests on, and the way to each part."""

from __future__ import annotations

from collections import Counter

from harness.model.verdicts import Severity
from harness.report.format import Report
from harness.report.page.causes import causes
from harness.report.page.markup import Html, fold, tag
from harness.report.page.words import VERDICT, duration
from harness.report.summary import plural

REASONS, MOST = 5, 200
"""Reasons that are seen at once, and those that are on the page at all."""


def top(report: Report) -> Html:
    """Return the header of the page."""
    mark, word = VERDICT[report.verdict]
    return tag(
        "header",
        tag("a", "Skip to the findings", href="#findings", class_="skip"),
        tag("p", "harness · reliability report", class_="quiet brand"),
        tag(
            "h1",
            tag("span", f"{mark} {word}", class_=f"badge {word}"),
            " ",
            tag("span", report.sentence[:1].upper() + report.sentence[1:] + "."),
        ),
        _numbers(report),
        _reasons(report),
        _sentences("What the gate says beside its verdict", tuple(notice.text for notice in report.notices)),
        _ways(report),
    )


def _numbers(report: Report) -> Html:
    """Return what the verdict rests on, in a few numbers with their denominators."""
    count, run = report.coverage.total, report.run
    tally = Counter(finding.severity for finding in report.findings)
    kinds = ", ".join(f"{tally[severity]} {severity}" for severity in Severity if tally[severity])
    chances = sum(check.opportunities for check in report.checks)
    tiles = (
        (
            "Cases run",
            f"{count.run:,} of {count.possible:,}",
            _left_out(count.deferred, count.not_applicable, count.not_run),
        ),
        ("Findings", f"{len(report.findings):,}", _of_causes(report, kinds)),
        ("Chances to fail", f"{chances:,}", f"in {plural(len(report.checks), 'check')}"),
        ("Took", duration(run.took), f"seed {run.seed} · {run.started[:16].replace('T', ' ')}"),
        ("Service", run.target, f"narrowed to {run.selected}" if run.selected else "everything was selected"),
    )
    return tag("dl", [_tile(*tile) for tile in tiles], class_="tiles")


def _left_out(deferred: int, not_applicable: int, not_run: int) -> str:
    left = f"{deferred:,} deferred, " if deferred else ""
    return f"{left}{not_applicable:,} not applicable, {not_run:,} not run"


def _of_causes(report: Report, kinds: str) -> str:
    """Return how many causes the findings have, and how bad they are."""
    return f"{plural(len(causes(report.findings)), 'cause')}: {kinds}" if report.findings else "in what was run"


def _tile(name: str, value: str, beside: str) -> Html:
    """Return one number with its name above and what it is out of below."""
    return tag("div", tag("dt", name), tag("dd", value, class_="value"), tag("dd", beside, class_="quiet"))


def _reasons(report: Report) -> Html | None:
    """Return the reasons that are no findings (those stand below as cards); None where there are none."""
    return _sentences("What was not shown" if not report.gating else "What else was not shown", report.doubts)


def _sentences(name: str, reasons: tuple[str, ...]) -> Html | None:
    """Return a box with sentences, the first of them at once; None where there are none."""
    if not reasons:
        return None
    rest, unseen = reasons[REASONS:MOST], len(reasons) - MOST
    return tag(
        "div",
        tag("p", tag("strong", name)),
        tag("ul", [tag("li", reason) for reason in reasons[:REASONS]]),
        fold(f"{plural(len(rest), 'further reason')}", tag("ul", [tag("li", reason) for reason in rest]))
        if rest
        else None,
        tag("p", f"{unseen:,} more are in report.json.", class_="facts") if unseen > 0 else None,
        class_="reasons",
    )


def _ways(report: Report) -> Html:
    """Return links to the parts that are there."""
    parts = [("findings", "Findings"), ("coverage", "What was run")]
    parts += [("fields", "Fields")] if report.fields else []
    parts += [("load", "Load")] if report.loads else []
    parts += [("servers", "Server or application")] if report.servers else []
    parts += [("watch", "Watched routes")] if report.watched else []
    parts += [("checks", "Checks"), ("run", "The run")]
    return tag("nav", [tag("a", name, href=f"#{place}") for place, name in parts], aria_label="Parts of the report")
