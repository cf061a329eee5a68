"""Watched routes, checks, references and the run itself, as tables and a chart."""

from __future__ import annotations

from collections.abc import Mapping

from harness.report.format import CheckLine, Report
from harness.report.format_loads import WatchLine
from harness.report.page.charts import latency as chart
from harness.report.page.loads import LATENCY, latency
from harness.report.page.markup import Child, Html, fold, join, table, tag
from harness.report.page.words import duration, milliseconds
from harness.report.summary import plural

REASONS = 8
"""Reasons of one check that are shown."""


def watched(report: Report) -> Html | None:
    """Return the section of the watched routes; None where none was probed."""
    if not report.watched:
        return None
    rows: list[tuple[Child, ...]] = [
        (tag("code", w.route), f"{w.failed:,}", *latency(w.latency)) for w in report.watched
    ]
    return tag(
        "section",
        tag("h2", "Watched routes"),
        [_watch(line) for line in report.watched],
        table(("route", "failed", *LATENCY), rows, numbers=range(1, 8), caption="Percentiles (ms)"),
        id="watch",
    )


def _watch(line: WatchLine) -> Html:
    """Return the chart of one watched route."""
    drawn = chart(f"Latency of {line.route} while faults were on", line.series, windows=line.windows)
    return join(tag("h3", tag("code", line.route)), drawn)


def checks(report: Report) -> Html:
    """Return the section of the checks: how often each could have failed, and what it said."""
    rows: list[tuple[Child, ...]] = [
        (
            tag("code", c.check),
            *(f"{n:,}" for n in (c.cases, c.opportunities, c.passed, c.failed, c.unknown, c.not_applicable)),
            _reasons(c),
        )
        for c in report.checks
    ]
    head = ("check", "cases", "opportunities", "pass", "fail", "unknown", "not applicable", "why unknown")
    listed = table(head, rows, numbers=range(1, 7), caption="Checks")
    return tag("section", tag("h2", "Checks"), fold(plural(len(rows), "check"), listed), id="checks")


def _reasons(line: CheckLine) -> str:
    """Return why a check could not know."""
    told = "; ".join(f"{reason.text} ({reason.count:,})" for reason in line.reasons[:REASONS])
    more = len(line.reasons) - REASONS
    return f"{told}; and {more:,} more reasons in report.json" if more > 0 else told


def references(report: Report) -> Html | None:
    """Return the section of the references: what each operation does when nothing disturbs it."""
    if not report.references:
        return None
    rows = [
        (
            tag("code", r.operation),
            f"{r.runs:,}",
            str(r.status or "–"),
            milliseconds(r.slowest_ms),
            _named(r.calls),
            _named(r.effects),
            ", ".join(f"{pointer}: {kind}" for pointer, kind in r.noise.items()) or "–",
            r.trouble,
        )
        for r in report.references
    ]
    head = ("operation", "runs", "status", "slowest (ms)", "calls", "effects", "what differs", "trouble")
    listed = table(head, rows, numbers=(1, 2, 3), caption="Reference runs")
    return tag("section", tag("h2", "References"), fold(plural(len(rows), "operation"), listed), id="references")


def _named(counts: Mapping[str, int]) -> str:
    """Return counts in words."""
    return ", ".join(f"{n} × {name}" for name, n in counts.items()) or "–"


def facts(report: Report) -> Html:
    """Return the section of the run itself."""
    run = report.run
    rows = (
        ("target", run.target),
        ("configuration", run.configuration),
        ("narrowed to", run.selected or "nothing: everything was selected"),
        ("seed", str(run.seed)),
        ("run", f"{run.id} ({run.state})"),
        ("started", run.started),
        ("took", duration(run.took)),
        ("deadline of the service", duration(run.deadline)),
        ("harness", f"{run.harness}, Python {run.python}"),
        ("trouble", run.trouble or "none"),
    )
    listed = tag("dl", [join(tag("dt", name), tag("dd", text)) for name, text in rows], class_="told")
    return tag("section", tag("h2", "The run"), listed, id="run")
