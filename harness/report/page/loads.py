"""The loads: what was asked and what came in a sentence, four charts, percentiles and thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.report.format import Report
from harness.report.format_loads import Latency, LoadLine, ThresholdLine
from harness.report.page.charts import all_of
from harness.report.page.markup import Html, fold, table, tag
from harness.report.page.words import milliseconds

LATENCY = ("samples", "p50", "p90", "p95", "p99", "longest")
WHOLE = 12
"""Loads that are shown with their charts; the others are a row each."""

_HOLDS = {True: "✓ holds", False: "✕ does not hold", None: "? nothing to hold it against"}


def loads(report: Report) -> Html | None:
    """Return the section of the loads; None where there were none."""
    if not report.loads:
        return None
    return tag(
        "section",
        tag("h2", "Load"),
        [_load(line, open_=not place or _bad(line)) for place, line in enumerate(report.loads[:WHOLE])],
        _further(report.loads[WHOLE:]),
        id="load",
    )


def _bad(line: LoadLine) -> bool:
    """Say whether a load asks to be looked at: it broke, or a threshold does not hold."""
    return bool(line.trouble) or any(threshold.holds is False for threshold in line.thresholds)


def _load(line: LoadLine, *, open_: bool) -> Html:
    """Return one load."""
    said = (
        f"{line.rate:g} requests a second for {line.seconds:g} s: {line.planned:,} planned, {line.sent:,} measured, "
        f"{line.answered:,} answered, {line.warmup:,} for warming up; "
        f"{line.throughput:.1f} answers a second that are no 5xx, {line.errors:.2%} errors."
    )
    latencies = (("latency (ms)", *latency(line.latency)), ("sent late by (ms)", *latency(line.lateness)))
    thresholds = [(t.text, _value(t), _HOLDS[t.holds]) for t in line.thresholds]
    seen = {**{f"answered {status}": n for status, n in line.statuses.items()}, **line.silences}
    inside = (
        tag("p", f"Trouble: {line.trouble}.", class_="trouble") if line.trouble else None,
        tag("p", said),
        all_of(line),
        table(("of all answers", *LATENCY), latencies, numbers=range(1, 7), caption="From the intended start"),
        table(("threshold", "number", "holds"), thresholds, numbers=(1,), caption="Thresholds") if thresholds else None,
        fold("Answers and resources", _counts(seen), _resources(line)),
    )
    held = [threshold.holds for threshold in line.thresholds]
    worst = min(held, key=lambda holds: (holds is not False, holds is not None)) if held else True
    short = f"{line.case} · p50 {milliseconds(line.latency.p50_ms)} ms, p99 {milliseconds(line.latency.p99_ms)} ms"
    head = tag(
        "h3",
        line.operation,
        " ",
        tag("span", f"{short} · thresholds: {_HOLDS[worst]}" if held else short, class_="quiet"),
    )
    return tag(
        "article",
        fold(head, *inside, open_=open_),
        class_="card",
        data_operation=line.operation,
        data_family="load",
    )


def _further(lines: Sequence[LoadLine]) -> Html | None:
    """Return a row for each load for which the page has no room."""
    if not lines:
        return None
    rows = [
        (line.operation, line.case, f"{line.rate:g}", *latency(line.latency), f"{line.errors:.2%}", line.trouble)
        for line in lines
    ]
    head = ("operation", "case", "requests a second", *LATENCY, "errors", "trouble")
    return table(head, rows, numbers=range(2, 10), caption="Further loads; report.json has their series")


def _resources(line: LoadLine) -> Html | None:
    """Return the process tree before, at its largest, and after."""
    if not line.resources:
        return None
    largest = max(line.resources, key=lambda sample: sample.rss)
    moments = (("first", line.resources[0]), ("largest", largest), ("last", line.resources[-1]))
    rows = [
        (f"{name} ({r.moment})", f"{r.rss / 1_048_576:.1f}", f"{r.descriptors:,}", f"{r.threads:,}", f"{r.processes:,}")
        for name, r in moments
    ]
    head = ("moment", "memory (MiB)", "descriptors", "threads", "processes")
    return table(head, rows, numbers=range(1, 5), caption="The service's process tree")


def _counts(seen: Mapping[str, int]) -> Html:
    """Return how the requests ended."""
    rows = [(name, f"{n:,}") for name, n in seen.items()]
    return table(("how it ended", "requests"), rows, numbers=(1,), caption="Answers")


def latency(line: Latency) -> tuple[str, ...]:
    """Return the cells of percentiles."""
    numbers = (line.p50_ms, line.p90_ms, line.p95_ms, line.p99_ms, line.max_ms)
    return (f"{line.count:,}", *(milliseconds(n) if line.count else "–" for n in numbers))


def _value(line: ThresholdLine) -> str:
    """Return a threshold's number in its own unit."""
    if line.value is None:
        return "–"
    shown = {"p": f"{line.value * 1000:.1f} ms", "errors": f"{line.value:.2%}", "rate": f"{line.value:.1f}/s"}
    return shown.get(line.measure, f"{line.value:g}")
