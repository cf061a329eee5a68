"""Small line charts as inline SVG: latency over time, with thresholds and with what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, log10

from harness.model.records import record
from harness.report.format_loads import Point
from harness.report.page.markup import Html, join, tag
from harness.report.page.words import milliseconds

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 760, 220, 72, 14, 14, 34


@record
class Bound:
    """A threshold drawn across a chart."""

    text: str
    value_ms: float


@record
class _Axes:
    """Where values lie on the drawing: seconds to the right up to ``last``, milliseconds upwards to ``highest``."""

    last: float
    highest: float

    def x(self, seconds: float) -> float:
        """Return where a moment lies."""
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * seconds / self.last, 1)

    def y(self, value_ms: float) -> float:
        """Return where a latency lies."""
        return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * min(value_ms / self.highest, 1.0), 1)


def chart(title: str, points: Sequence[Point], bounds: Sequence[Bound] = ()) -> Html | None:
    """Return the latencies of a series over time: median, longest, thresholds, and a cross where requests failed."""
    if not points:
        return None
    highest = max([*(p.worst_ms for p in points), *(b.value_ms * 1.15 for b in bounds), 1.0])
    axes = _Axes(last=max(points[-1].at, 0.001), highest=_nice(highest))
    worst, middle = (_line(axes, points, name) for name in ("worst", "middle"))
    svg = tag(
        "svg",
        tag("title", title),
        _grid(axes),
        [_bound(axes, bound) for bound in bounds],
        worst,
        middle,
        [_failure(axes, point) for point in points if point.errors],
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        width=_WIDTH,
        height=_HEIGHT,
        class_="chart",
        role="img",
    )
    return tag("figure", svg, tag("figcaption", _legend(points, bounds)))


def _nice(value: float) -> float:
    """Return the least of 1, 2, 2.5, 5 times a power of ten that is not below ``value``."""
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value)


def _grid(axes: _Axes) -> Html:
    """Return the grid with its numbers."""
    levels = [axes.highest * n / 4 for n in range(5)]
    step = _nice(axes.last / 8)
    moments = [step * n for n in range(int(axes.last / step) + 1)]
    return join(
        [tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=axes.y(v), y2=axes.y(v), class_="grid") for v in levels],
        [tag("text", f"{_number(v)} ms", x=_LEFT - 8, y=axes.y(v) + 4, text_anchor="end") for v in levels],
        [tag("text", f"{s:.3g}", x=axes.x(s), y=_HEIGHT - _BOTTOM + 16, text_anchor="middle") for s in moments],
        tag("text", "seconds", x=_WIDTH - _RIGHT, y=_HEIGHT - 4, text_anchor="end"),
    )


def _number(value: float) -> str:
    """Return a number of the axis without idle digits."""
    return f"{value:,.0f}" if value == ceil(value) else milliseconds(value)


def _line(axes: _Axes, points: Sequence[Point], name: str) -> Html:
    """Return one line; a bucket without an answer interrupts it."""
    value: Callable[[Point], float] = {"worst": lambda p: p.worst_ms, "middle": lambda p: p.middle_ms}[name]
    runs: list[list[str]] = [[]]
    for point in points:
        if point.count == point.errors:
            runs.append([])
            continue
        runs[-1].append(f"{axes.x(point.at)},{axes.y(value(point))}")
    return join([tag("polyline", points=" ".join(run), class_=name) for run in runs if len(run) > 1])


def _bound(axes: _Axes, bound: Bound) -> Html:
    """Return a threshold with its words."""
    y = axes.y(bound.value_ms)
    return join(
        tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_="bound"),
        tag("text", bound.text, x=_WIDTH - _RIGHT - 4, y=y - 5, text_anchor="end", class_="bound-text"),
    )


def _failure(axes: _Axes, point: Point) -> Html:
    """Return the cross of a bucket in which requests failed."""
    x, y = axes.x(point.at), _HEIGHT - _BOTTOM - 7
    cross = f"M{x - 4} {y - 4}L{x + 4} {y + 4}M{x - 4} {y + 4}L{x + 4} {y - 4}"
    return tag(
        "g",
        tag("title", f"{point.errors} of {point.count} failed at {point.at} s"),
        tag("path", d=cross),
        class_="failed",
    )


def _legend(points: Sequence[Point], bounds: Sequence[Bound]) -> str:
    """Return what the lines mean."""
    failed = sum(point.errors for point in points)
    parts = ["Thick line: median.", "Thin line: longest."]
    parts += ["Dashed: threshold."] if bounds else []
    parts += [f"Cross: failed ({failed:,} in all)."] if failed else []
    return " ".join(parts)
