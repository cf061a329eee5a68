"""A case as a drawn sequence: client, service and dependencies side by side, time from top to bottom.

Rows stand in order of time. The longer nothing happens, the longer the way to the next row, yet not to scale:
milliseconds and seconds stand on one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import log10

from harness.model.records import record
from harness.report.format import Moment, ReportedFinding
from harness.report.page.markup import Html, fold, join, scrolling, table, tag
from harness.report.page.words import milliseconds
from harness.report.shown import one_line

_TOP, _ROW, _FIRST_LANE, _LANE_GAP, _BAR = 56, 27, 150, 290, 5
_LABEL = 42
"""Characters of a label that fit between two lanes."""
_MARK_LABEL = 34
"""Characters of a label beside a mark: it ends before the bar of the lane to its left."""
_LEGEND = (
    "Time runs downwards, in milliseconds from the first act; long waits are shortened. Thick: decisive. Dashed: the "
    "way back. Cross: no whole answer. Dot: effect. Bolt: the fault struck; dashed box: while it was armed."
)
_PAUSE_MS = 40.0
"""A wait from which on the axis says how long it was."""


@record
class _Row:
    """One drawn row: an arrow between two lanes (``start`` to ``end``), or a mark on one (both equal)."""

    at_ms: float
    start: int
    end: int
    text: str
    style: str
    broken: bool = False


@record
class _Span:
    """A time that a lane is busy with something, or that a fault is on there."""

    lane: int
    start_ms: float
    end_ms: float
    style: str


@record
class _Axis:
    """Where moments lie: the rows' times with their places from top to bottom."""

    times: tuple[float, ...]
    places: tuple[int, ...]

    @property
    def bottom(self) -> int:
        """Where the drawing ends."""
        return (self.places[-1] if self.places else _TOP) + 22

    def first(self, at_ms: float) -> int:
        """Return the place of the first row at or after a moment."""
        return next((y for time, y in zip(self.times, self.places, strict=True) if time >= at_ms), self.bottom - 12)

    def last(self, at_ms: float) -> int:
        """Return the place of the last row at or before a moment."""
        before = [y for time, y in zip(self.times, self.places, strict=True) if time <= at_ms]
        return before[-1] if before else _TOP - 14


def sequence(finding: ReportedFinding) -> Html | None:
    """Return the figure of a finding's smallest case with the same as a table; None where it has no rows."""
    if not finding.timeline:
        return None
    lanes = ["client", "service", *dict.fromkeys(m.lane for m in finding.timeline if m.kind != "exchange")]
    rows = sorted((row for m in finding.timeline for row in _rows(m, lanes)), key=lambda row: row.at_ms)
    left_out = f" {finding.left_out} rows farther from the decisive exchange are left out." if finding.left_out else ""
    drawing = _drawing(lanes, rows, tuple(_spans(finding.timeline, lanes)), finding.title)
    return join(
        tag("h4", f"The smallest case: {finding.case}"),
        tag("p", finding.title, class_="facts") if finding.title else None,
        tag("figure", scrolling(drawing, "Sequence"), tag("figcaption", _LEGEND + left_out), _as_table(finding)),
    )


def _rows(moment: Moment, lanes: list[str]) -> Iterator[_Row]:
    """Yield what is drawn of a moment: there and back again for messages, a mark for the rest."""
    lane = 1 if moment.kind == "exchange" else lanes.index(moment.lane)
    if moment.kind in ("effect", "fault"):
        text = f"{moment.text}: {moment.result}" if moment.result else moment.text
        struck = moment.kind == "fault" and moment.text.endswith(" struck")
        kind = "strike" if struck else moment.kind
        yield _Row(at_ms=moment.at_ms, start=lane, end=lane, text=text, style=kind)
        return
    start, end = (lane - 1, lane) if moment.kind == "exchange" else (1, lane)
    style = "decisive" if moment.decisive else "message"
    yield _Row(at_ms=moment.at_ms, start=start, end=end, text=moment.text, style=style)
    broken = not moment.result[:3].isdigit()
    yield _Row(at_ms=moment.until_ms, start=end, end=start, text=moment.result, style=f"{style} back", broken=broken)


def _spans(moments: Iterable[Moment], lanes: list[str]) -> Iterator[_Span]:
    """Yield when a lane was at work on a message, and when a fault was armed at it."""
    armed: dict[tuple[str, str], float] = {}
    last = 0.0
    for moment in moments:
        last = max(last, moment.until_ms)
        kind, _, what = moment.text.rpartition(" ")
        if moment.kind == "fault" and what == "armed":
            armed[moment.lane, kind] = moment.at_ms
        elif moment.kind == "fault" and what == "cleared":
            start = armed.pop((moment.lane, kind), 0.0)
            yield _Span(lane=lanes.index(moment.lane), start_ms=start, end_ms=moment.at_ms, style="on")
        elif moment.kind in ("exchange", "call"):
            lane = 1 if moment.kind == "exchange" else lanes.index(moment.lane)
            yield _Span(lane=lane, start_ms=moment.at_ms, end_ms=moment.until_ms, style="busy")
    for (lane_name, _), start in armed.items():
        yield _Span(lane=lanes.index(lane_name), start_ms=start, end_ms=last, style="on")


def _axis(rows: Sequence[_Row]) -> _Axis:
    """Return the places of rows: each a row below the one before, and farther the longer the wait between them."""
    places = [_TOP + _ROW - 8] if rows else []
    for one, other in pairwise(rows):
        wait = other.at_ms - one.at_ms
        places.append(places[-1] + _ROW + (round(11 * log10(wait / 4)) if wait >= _PAUSE_MS else 0))
    return _Axis(times=tuple(row.at_ms for row in rows), places=tuple(places))


def _drawing(lanes: list[str], rows: Sequence[_Row], spans: Sequence[_Span], title: str) -> Html:
    """Return the SVG."""
    axis = _axis(rows)
    width = _FIRST_LANE + _LANE_GAP * (len(lanes) - 1) + 90
    height = axis.bottom
    return tag(
        "svg",
        tag("title", f"Sequence of the smallest case: {title}"),
        [_span(span, axis) for span in spans if span.style == "on"],
        [_lane(name, place, height) for place, name in enumerate(lanes)],
        [_span(span, axis) for span in spans if span.style == "busy"],
        tag("line", x1=78, y1=34, x2=78, y2=height - 6, class_="axis"),
        tag("text", "ms", x=70, y=26, text_anchor="end"),
        [_pause(one, other, y) for (one, other), y in zip(pairwise(rows), axis.places, strict=False)],
        [_row(row, y) for row, y in zip(rows, axis.places, strict=True)],
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        class_="sequence",
        role="img",
    )


def _x(lane: int) -> int:
    """Return where a lane stands."""
    return _FIRST_LANE + _LANE_GAP * lane


def _lane(name: str, place: int, height: int) -> Html:
    """Return a lane with its name above."""
    x = _x(place)
    return join(
        tag("rect", x=x - 62, y=8, width=124, height=24, rx=5, class_="head-box"),
        tag("text", one_line(name, 18), x=x, y=24, class_="lane-name"),
        tag("line", x1=x, y1=32, x2=x, y2=height - 6, class_="lane"),
    )


def _span(span: _Span, axis: _Axis) -> Html:
    """Return the bar of a busy lane, or the wider one of an armed fault."""
    top, bottom = axis.first(span.start_ms), axis.last(span.end_ms)
    half = _BAR if span.style == "busy" else 16
    return tag(
        "rect",
        x=_x(span.lane) - half,
        y=top,
        width=2 * half,
        height=max(bottom - top, 4),
        rx=2,
        class_=span.style,
    )


def _pause(one: _Row, other: _Row, y: int) -> Html | None:
    """Return how long nothing happened, beside the axis; None where that was not long."""
    wait = other.at_ms - one.at_ms
    if wait < _PAUSE_MS:
        return None
    return tag("text", f"↓ {wait:,.0f} ms", x=86, y=y + _ROW / 2 + 8, class_="pause")


def _row(row: _Row, y: int) -> Html:
    """Return one row with its time."""
    time = tag("text", milliseconds(row.at_ms), x=70, y=y + 4, class_="time")
    tick = tag("path", d=f"M74 {y}h8", class_="axis")
    drawn = _mark(row, y) if row.start == row.end else _arrow(row, y)
    whole = tag("title", row.text) if "…</text>" in drawn.text else None
    return tag("g", whole, time, tick, drawn, class_=row.style)


def _arrow(row: _Row, y: int) -> Html:
    """Return an arrow; one that brought no whole answer ends in a cross."""
    toward = 1 if row.end > row.start else -1
    start, end = _x(row.start) + (_BAR + 1) * toward, _x(row.end) - (_BAR + 1) * toward
    tip = end - 60 * toward if row.broken else end
    head = f"M{tip - 7 * toward} {y - 4}L{tip} {y}L{tip - 7 * toward} {y + 4}"
    cross = f"M{tip - 5} {y - 5}L{tip + 5} {y + 5}M{tip - 5} {y + 5}L{tip + 5} {y - 5}"
    fits = round(_LABEL * abs(row.end - row.start))
    return join(
        tag("path", d=f"M{start} {y}H{tip}", class_="arrow"),
        tag("path", d=cross if row.broken else head, class_="cross" if row.broken else "head"),
        tag("text", one_line(row.text, fits), x=round((start + end) / 2), y=y - 5, class_="label"),
    )


def _mark(row: _Row, y: int) -> Html:
    """Return a mark on a lane with its words to the left: a dot for an effect, a bolt where a fault struck."""
    x = _x(row.start)
    bolt = f"M{x + 2} {y - 9}L{x - 5} {y + 1}L{x - 1} {y + 1}L{x - 3} {y + 9}L{x + 5} {y - 2}L{x + 1} {y - 2}Z"
    shapes = {
        "strike": tag("path", d=bolt, class_="bolt"),
        "fault": tag("line", x1=x - 16, y1=y, x2=x + 16, y2=y, class_="edge"),
    }
    shape = shapes.get(row.style) or tag("circle", cx=x, cy=y, r=5, class_="dot")
    label = tag("text", one_line(row.text, _MARK_LABEL), x=x - 22, y=y + 4, class_="beside")
    return join(shape, label)


def _as_table(finding: ReportedFinding) -> Html:
    """Return the same rows as a table, for those who do not see the drawing."""
    rows = [
        (milliseconds(m.at_ms), milliseconds(m.until_ms), m.kind, m.lane, m.text, m.result) for m in finding.timeline
    ]
    head = ("from (ms)", "to (ms)", "what", "where", "sent", "came of it")
    return fold("The same as a table", table(head, rows, numbers=(0, 1), caption="Sequence"))
