"""A plot as inline SVG: round axes, lines, bands of time, bounds across, a cross where something failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, log10

from harness.model.records import record
from harness.report.format_loads import Window
from harness.report.page.markup import Html, join, tag
from harness.report.shown import one_line

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 520, 210, 62, 14, 22, 34

Spot = tuple[float, float]
"""One value: where on the horizontal axis, and how high."""


@record
class Bound:
    """A threshold drawn across a plot."""

    text: str
    value: float


@record
class Line:
    """One line through ``runs`` of spots (a gap between two runs is a gap in the line), drawn in ``style``."""

    style: str
    runs: tuple[tuple[Spot, ...], ...]


@record
class Cross:
    """Where something failed, on the horizontal axis, and what."""

    at: float
    text: str


@record
class Plot:
    """What is drawn. The horizontal axis goes from 0 to ``last``, and ``ticks`` are its places with their words.

    ``unit`` stands above the vertical axis, ``under`` below the horizontal one. The vertical axis begins at ``lowest``.
    """

    title: str
    unit: str
    under: str
    last: float
    ticks: tuple[tuple[float, str], ...]
    lines: tuple[Line, ...]
    bounds: tuple[Bound, ...] = ()
    windows: tuple[Window, ...] = ()
    crosses: tuple[Cross, ...] = ()
    lowest: float = 0.0


def nice(value: float) -> float:
    """Return the least of 1, 2, 2.5, 5 times a power of ten that is not below ``value`` (above 0)."""
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * (1 - 1e-9))


def seconds(last: float) -> tuple[tuple[float, str], ...]:
    """Return the ticks of an axis of seconds."""
    step = nice(max(last, 0.001) / 7)
    return tuple((step * n, f"{step * n:.4g}") for n in range(int(last / step + 1e-9) + 1))


def drawn(plot: Plot) -> Html:
    """Return the SVG of a plot."""
    heights = [y for line in plot.lines for run in line.runs for _, y in run] + [b.value * 1.1 for b in plot.bounds]
    low, step = _scale(plot.lowest, max([*heights, plot.lowest + 1e-9]))
    high = low + 4 * step

    def x(value: float) -> float:
        inside = min(max(value / plot.last, 0.0), 1.0) if plot.last else 0.0
        return round(_LEFT + (_WIDTH - _LEFT - _RIGHT) * inside, 1)

    def y(value: float) -> float:
        return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * min((value - low) / (high - low), 1.0), 1)

    return tag(
        "svg",
        tag("title", plot.title),
        [_band(window, x) for window in plot.windows],
        [_level(low + step * n, y) for n in range(5)],
        [tag("text", text, x=x(at), y=_HEIGHT - _BOTTOM + 15, class_="run") for at, text in plot.ticks],
        tag("text", plot.unit, x=_LEFT - 6, y=12, class_="rise"),
        tag("text", plot.under, x=_WIDTH - _RIGHT, y=_HEIGHT - 4, class_="rise"),
        [_across(bound, y(bound.value)) for bound in plot.bounds],
        [_line(line, x, y) for line in plot.lines],
        [_cross(cross, x(cross.at)) for cross in plot.crosses],
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        width=_WIDTH,
        height=_HEIGHT,
        class_="chart",
        role="img",
    )


def _scale(lowest: float, highest: float) -> tuple[float, float]:
    """Return where the axis begins and the step between its five levels, both round."""
    step = nice(max(highest - lowest, 1e-6) / 4)
    low = floor(lowest / step) * step
    return (low, step) if low + 4 * step >= highest else (low, nice(step * 1.01))


def _level(value: float, y: Callable[[float], float]) -> Html:
    """Return one horizontal line of the grid with its number."""
    return join(
        tag("path", d=f"M{_LEFT} {y(value)}H{_WIDTH - _RIGHT}", class_="grid"),
        tag("text", _number(value), x=_LEFT - 6, y=y(value) + 4, class_="rise"),
    )


def _number(value: float) -> str:
    """Return a number of the axis without idle digits."""
    return f"{value:,.0f}" if value == ceil(value) else f"{value:,.3g}"


def _line(line: Line, x: Callable[[float], float], y: Callable[[float], float]) -> Html:
    """Return one line; a single spot between two gaps is a dot."""
    places = [[f"{x(at)},{y(value)}" for at, value in run] for run in line.runs]
    lines = [tag("polyline", points=" ".join(run), class_=line.style) for run in places if len(run) > 1]
    alone = [run[0].split(",") for run in places if len(run) == 1]
    return join(lines, [tag("circle", cx=cx, cy=cy, r=2, class_=f"{line.style} spot") for cx, cy in alone])


def _band(window: Window, x: Callable[[float], float]) -> Html:
    """Return the band in which something was wrong on purpose; a moment is a line."""
    left, right = x(window.start), x(window.end)
    height = _HEIGHT - _TOP - _BOTTOM
    words = f"{window.text} ({window.start:.4g} to {window.end:.4g} s)" if right > left else window.text
    band = tag(
        "rect",
        tag("title", words) if window.text != "faults on" else None,
        x=left,
        y=_TOP,
        width=max(round(right - left, 1), 2),
        height=height,
        class_="wrong" if right > left else "moment",
    )
    fits = (_WIDTH - _RIGHT - left) / 6
    label = one_line(window.text, int(fits)) if window.text != "faults on" and fits > 8 else ""
    return join(band, tag("text", label, x=left + 3, y=_TOP - 5, class_="wrong-text") if label else None)


def _across(bound: Bound, y: float) -> Html:
    """Return a threshold with its words."""
    return join(
        tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_="bound"),
        tag("text", one_line(bound.text, 40), x=_WIDTH - _RIGHT - 4, y=y - 5, class_="bound-text rise"),
    )


def _cross(cross: Cross, x: float) -> Html:
    """Return the cross of a failure, on the horizontal axis."""
    y = _HEIGHT - _BOTTOM - 7
    path = f"M{x - 4} {y - 4}L{x + 4} {y + 4}M{x - 4} {y + 4}L{x + 4} {y - 4}"
    return tag("g", tag("title", cross.text), tag("path", d=path), class_="failed")


def runs(spots: Sequence[Spot | None]) -> tuple[tuple[Spot, ...], ...]:
    """Return spots in runs that None interrupts."""
    found: list[list[Spot]] = [[]]
    for spot in spots:
        if spot is None:
            found.append([])
        else:
            found[-1].append(spot)
    return tuple(tuple(run) for run in found if run)
