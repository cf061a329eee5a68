"""Loads, watched routes, checks, references and the run itself, as charts and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.report.format import Report
from harness.report.format_loads import Latency, LoadLine, ThresholdLine, WatchLine
from harness.report.page.charts import Bound, chart
from harness.report.page.markup import Child, Html, fold, join, table, tag
from harness.report.page.words import duration, milliseconds

_LATENCY = ("samples", "p50", "p90", "p95", "p99", "longest")
_HOLDS = {True: "✓ holds", False: "✕ does not hold", None: "? nothing to hold it against"}


def loads(report: Report) -> Html | None:
    """Return the section of the loads; None where there were none."""
    if not report.loads:
        return None
    return tag("section", tag("h2", "Load"), [_load(line) for line in report.loads], id="load")


def _load(line: LoadLine) -> Html:
    """Return one load."""
    said = (
        f"{line.rate:g} requests a second for {line.seconds:g} s: {line.planned:,} planned, {line.sent:,} measured, "
        f"{line.answered:,} answered, {line.warmup:,} for warming up; "
        f"{line.throughput:.1f} answers a second that are no 5xx, {line.errors:.2%} errors."
    )
    bounds = [Bound(text=t.text, value_ms=t.bound * 1000) for t in line.thresholds if t.measure == "p"]
    latencies = (("latency (ms)", *_latency(line.latency)), ("sent late by (ms)", *_latency(line.lateness)))
    thresholds = [(t.text, _value(t), _HOLDS[t.holds]) for t in line.thresholds]
    resources = [
        (r.moment, f"{r.rss / 1_048_576:.1f}", f"{r.descriptors:,}", f"{r.threads:,}", f"{r.processes:,}")
        for r in line.resources
    ]
    seen = {**{f"answered {status}": n for status, n in line.statuses.items()}, **line.silences}
    return tag(
        "article",
        tag("h3", f"{line.operation} ", tag("span", line.case, class_="quiet")),
        tag("p", f"Trouble: {line.trouble}.", class_="trouble") if line.trouble else None,
        tag("p", said),
        chart(f"Latency of {line.operation} over the load, from the intended start", line.series, bounds),
        table(("", *_LATENCY), latencies, numbers=range(1, 7), caption="Percentiles, from the intended start"),
        table(("threshold", "number", ""), thresholds, numbers=(1,), caption="Thresholds") if thresholds else None,
        fold("Answers and resources", _counts(seen), _resources(resources) if resources else None),
        class_="card plain",
    )


def _resources(rows: Sequence[tuple[str, ...]]) -> Html:
    """Return the process tree before and after."""
    head = ("moment", "memory (MiB)", "descriptors", "threads", "processes")
    return table(head, rows, numbers=range(1, 5), caption="The service's process tree")


def _counts(seen: Mapping[str, int]) -> Html:
    """Return how the requests ended."""
    rows = [(name, f"{n:,}") for name, n in seen.items()]
    return table(("how it ended", "requests"), rows, numbers=(1,), caption="Answers")


def _latency(line: Latency) -> tuple[str, ...]:
    """Return the cells of percentiles."""
    numbers = (line.p50_ms, line.p90_ms, line.p95_ms, line.p99_ms, line.max_ms)
    return (f"{line.count:,}", *(milliseconds(n) if line.count else "–" for n in numbers))


def _value(line: ThresholdLine) -> str:
    """Return a threshold's number in its own unit."""
    if line.value is None:
        return "–"
    shown = {"p": f"{line.value * 1000:.1f} ms", "errors": f"{line.value:.2%}", "rate": f"{line.value:.1f}/s"}
    return shown[line.measure]


def watched(report: Report) -> Html | None:
    """Return the section of the watched routes; None where none was probed."""
    if not report.watched:
        return None
    rows: list[tuple[Child, ...]] = [
        (tag("code", w.route), f"{w.failed:,}", *_latency(w.latency)) for w in report.watched
    ]
    return tag(
        "section",
        tag("h2", "Watched routes"),
        [_watch(line) for line in report.watched],
        table(("route", "failed", *_LATENCY), rows, numbers=range(1, 8), caption="Percentiles (ms)"),
        id="watch",
    )


def _watch(line: WatchLine) -> Html:
    """Return the chart of one watched route."""
    return join(tag("h3", tag("code", line.route)), chart(f"Latency of {line.route} while faults were on", line.series))


def checks(report: Report) -> Html:
    """Return the section of the checks: how often each could have failed, and what it said."""
    rows: list[tuple[Child, ...]] = [
        (
            tag("code", c.check),
            *(f"{n:,}" for n in (c.cases, c.opportunities, c.passed, c.failed, c.unknown, c.not_applicable)),
            "; ".join(f"{reason.text} ({reason.count})" for reason in c.reasons),
        )
        for c in report.checks
    ]
    head = ("check", "cases", "opportunities", "pass", "fail", "unknown", "not applicable", "why unknown")
    listed = table(head, rows, numbers=range(1, 7), caption="Checks")
    return tag("section", tag("h2", "Checks"), fold(f"{len(rows)} checks", listed), id="checks")


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
    return tag("section", tag("h2", "References"), fold(f"{len(rows)} operations", listed), id="references")


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
