"""The charts of a load: latency over time, its distribution, what was asked and what came, what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

from harness.report.format_loads import Flow, LoadLine, Point, Quantile, ResourceLine, Window
from harness.report.page.markup import Html, tag
from harness.report.page.plot import Bound, Cross, Line, Plot, drawn, runs, seconds

SAMPLES = 240
"""Spots of one line at most: more than a chart of this width can show."""


def latency(
    title: str, points: Sequence[Point], bounds: Sequence[Bound] = (), windows: Sequence[Window] = ()
) -> Html | None:
    """Return latencies over time: median, longest, thresholds, when what was wrong, a cross where requests failed."""
    if not points:
        return None
    last = max(points[-1].at, 0.001)
    answered = [point if point.count > point.errors else None for point in points]
    plot = Plot(
        title=title,
        unit="ms",
        under="seconds",
        last=last,
        ticks=seconds(last),
        lines=(
            Line(style="worst", runs=runs([(p.at, p.worst_ms) if p else None for p in answered])),
            Line(style="middle", runs=runs([(p.at, p.middle_ms) if p else None for p in answered])),
        ),
        bounds=tuple(bounds),
        windows=tuple(windows),
        crosses=tuple(Cross(at=p.at, text=f"{p.errors} of {p.count} failed at {p.at} s") for p in points if p.errors),
    )
    failed = sum(point.errors for point in points)
    said = "Thick: median. Thin: longest."
    said += " Dashed: threshold." if bounds else ""
    said += f" Shaded: {_wrong(windows)}." if windows else ""
    said += f" Cross: failed ({failed:,} in all)." if failed else ""
    return _figure("Latency over time", plot, said)


def _wrong(windows: Sequence[Window]) -> str:
    """Return what was wrong in words, each thing once."""
    names = list(dict.fromkeys(window.text for window in windows))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


_NINES = ((0.0, "0 %"), (1.0, "90 %"), (2.0, "99 %"), (3.0, "99.9 %"), (4.0, "99.99 %"), (5.0, "99.999 %"))


def distribution(quantiles: Sequence[Quantile], bounds: Sequence[tuple[float, Bound]] = ()) -> Html | None:
    """Return the latency of every percentile; the axis gives each further nine the same width.

    ``bounds`` are thresholds with their percentile.
    """
    told = [q for q in quantiles if q.percent < 100]
    if not told:
        return None
    longest = quantiles[-1]
    end = max(_nines(told[-1].percent) + 0.3, 1.3)
    spots = [(_nines(q.percent), q.ms) for q in told]
    plot = Plot(
        title="Latency by percentile",
        unit="ms",
        under="of the answers took at most so long",
        last=end,
        ticks=tuple((at, text) for at, text in ((_nines(50), "50 %"), *_NINES[1:]) if at <= end),
        lines=(Line(style="middle", runs=(tuple(spots), ((end, longest.ms),)) if longest.percent >= 100 else ()),),
        crosses=(),
        bounds=tuple(bound for _, bound in bounds),
    )
    said = f"Each nine more has the same width. Dot at the right end: the longest, {longest.ms:,.1f} ms."
    return _figure("Distribution", plot, said)


def _nines(percent: float) -> float:
    """Return how many nines a percentile has: 90 % has one, 99 % two."""
    return -log10(max(1 - percent / 100, 1e-7))


def throughput(flow: Sequence[Flow], windows: Sequence[Window] = ()) -> Html | None:
    """Return what was asked a second and what came."""
    if not flow:
        return None
    last = max(flow[-1].at, 0.001)
    plot = Plot(
        title="Requests and answers a second",
        unit="1/s",
        under="seconds",
        last=last,
        ticks=seconds(last),
        lines=(
            Line(style="offered", runs=(tuple((f.at, f.offered) for f in flow),)),
            Line(style="middle", runs=(tuple((f.at, f.answered) for f in flow),)),
        ),
        windows=tuple(windows),
    )
    return _figure("Throughput", plot, "Dashed: requests due a second. Thick: good answers that came a second.")


def resources(samples: Sequence[ResourceLine]) -> Html | None:
    """Return the memory of the service over a load; None where it was not looked at twice."""
    if len(samples) < 2:
        return None
    start = samples[0].at
    held = samples[:: max(len(samples) // SAMPLES, 1)]
    mib = [(sample.at - start, sample.rss / 1_048_576) for sample in held]
    last = max(mib[-1][0], 0.001)
    lowest = min(value for _, value in mib)
    plot = Plot(
        title="Memory of the service over the load",
        unit="MiB",
        under="seconds since the first sample",
        last=last,
        ticks=seconds(last),
        lines=(Line(style="middle", runs=(tuple(mib),)),),
        lowest=max(lowest - max(lowest * 0.05, 1.0), 0.0),
    )
    first, end = samples[0], samples[-1]
    said = (
        f"Resident memory of all processes; the axis does not begin at 0. Before and after: {first.descriptors:,} and "
        f"{end.descriptors:,} descriptors, {first.threads:,} and {end.threads:,} threads, {first.processes:,} and "
        f"{end.processes:,} processes."
    )
    return _figure("Resources", plot, said)


def _figure(name: str, plot: Plot, said: str) -> Html:
    """Return a plot with its name above and what its lines mean below."""
    return tag("figure", tag("h4", name), drawn(plot), tag("figcaption", said))


def all_of(line: LoadLine) -> Html:
    """Return the charts of a load side by side."""
    percents = [t for t in line.thresholds if t.measure == "p"]
    bounds = [Bound(text=t.text, value=t.bound * 1000) for t in percents]
    charts = (
        latency(f"Latency of {line.operation}, from the intended start", line.series, bounds, line.windows),
        distribution(line.distribution),
        throughput(line.flow, line.windows),
        resources(line.resources),
    )
    return tag("div", charts, class_="charts")
