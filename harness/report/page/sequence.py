"""A case as a drawn sequence: client, service and dependencies side by side, time from top to bottom.

Rows stand in order of time with their time beside them; the space between them is not to scale.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.model.records import record
from harness.report.format import Moment, ReportedFinding
from harness.report.page.markup import Html, fold, join, table, tag
from harness.report.page.words import milliseconds
from harness.report.shown import one_line

_TOP, _ROW, _FIRST_LANE, _LANE_GAP = 52, 30, 130, 300
_LABEL = 42
"""Characters of a label that fit between two lanes."""


@record
class _Row:
    """One drawn row: an arrow between two lanes (``start`` to ``end``), or a mark on one (both equal)."""

    at_ms: float
    start: int
    end: int
    text: str
    style: str
    broken: bool = False


def sequence(finding: ReportedFinding) -> Html | None:
    """Return the figure of a finding's smallest case with the same as a table; None where it has no rows."""
    if not finding.timeline:
        return None
    lanes = ["client", "service", *dict.fromkeys(m.lane for m in finding.timeline if m.kind != "exchange")]
    rows = sorted((row for m in finding.timeline for row in _rows(m, lanes)), key=lambda row: row.at_ms)
    left_out = f" {finding.left_out} rows farther from the decisive exchange are left out." if finding.left_out else ""
    caption = f"Time runs downwards, in milliseconds from the first act; not to scale.{left_out}"
    return tag("figure", _drawing(lanes, rows, finding.title), tag("figcaption", caption), _as_table(finding))


def _rows(moment: Moment, lanes: list[str]) -> Iterator[_Row]:
    """Yield what is drawn of a moment: there and back again for messages, a mark for the rest."""
    lane = lanes.index(moment.lane)
    if moment.kind in ("effect", "fault"):
        text = f"{moment.text}: {moment.result}" if moment.result else moment.text
        yield _Row(at_ms=moment.at_ms, start=lane, end=lane, text=text, style=moment.kind)
        return
    start, end = (0, 1) if moment.kind == "exchange" else (1, lane)
    style = "decisive" if moment.decisive else "message"
    yield _Row(at_ms=moment.at_ms, start=start, end=end, text=moment.text, style=style)
    broken = not moment.result[:3].isdigit()
    yield _Row(at_ms=moment.until_ms, start=end, end=start, text=moment.result, style=f"{style} back", broken=broken)


def _drawing(lanes: list[str], rows: list[_Row], title: str) -> Html:
    """Return the SVG."""
    width = _FIRST_LANE + _LANE_GAP * (len(lanes) - 1) + 90
    height = _TOP + _ROW * len(rows) + 12
    return tag(
        "svg",
        tag("title", f"Sequence of the smallest case: {title}"),
        [_lane(name, place, height) for place, name in enumerate(lanes)],
        [_row(row, _TOP + _ROW * (place + 1) - 8) for place, row in enumerate(rows)],
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
        tag("text", one_line(name, 28), x=x, y=22, text_anchor="middle", class_="lane-name"),
        tag("line", x1=x, y1=32, x2=x, y2=height - 6, class_="lane"),
    )


def _row(row: _Row, y: int) -> Html:
    """Return one row with its time."""
    time = tag("text", milliseconds(row.at_ms), x=68, y=y + 4, text_anchor="end", class_="time")
    return tag(
        "g", tag("title", row.text), time, _mark(row, y) if row.start == row.end else _arrow(row, y), class_=row.style
    )


def _arrow(row: _Row, y: int) -> Html:
    """Return an arrow; one that brought no whole answer ends in a cross."""
    toward = 1 if row.end > row.start else -1
    start, end = _x(row.start) + 3 * toward, _x(row.end) - 3 * toward
    tip = end - 60 * toward if row.broken else end
    head = f"M{tip - 7 * toward} {y - 4}L{tip} {y}L{tip - 7 * toward} {y + 4}"
    cross = f"M{tip - 5} {y - 5}L{tip + 5} {y + 5}M{tip - 5} {y + 5}L{tip + 5} {y - 5}"
    return join(
        tag("line", x1=start, y1=y, x2=tip, y2=y, class_="arrow"),
        tag("path", d=cross if row.broken else head, class_="cross" if row.broken else "head"),
        tag("text", one_line(row.text, _LABEL), x=(start + end) / 2, y=y - 5, text_anchor="middle", class_="label"),
    )


def _mark(row: _Row, y: int) -> Html:
    """Return a mark on a lane: a dot for an effect, a bolt for a fault, with its words to the left."""
    x = _x(row.start)
    bolt = f"M{x + 2} {y - 9}L{x - 5} {y + 1}L{x - 1} {y + 1}L{x - 3} {y + 9}L{x + 5} {y - 2}L{x + 1} {y - 2}Z"
    shape = tag("path", d=bolt, class_="bolt") if row.style == "fault" else tag("circle", cx=x, cy=y, r=5, class_="dot")
    return join(shape, tag("text", one_line(row.text, _LABEL), x=x - 12, y=y + 4, text_anchor="end", class_="label"))


def _as_table(finding: ReportedFinding) -> Html:
    """Return the same rows as a table, for those who do not see the drawing."""
    rows = [
        (milliseconds(m.at_ms), milliseconds(m.until_ms), m.kind, m.lane, m.text, m.result) for m in finding.timeline
    ]
    head = ("from (ms)", "to (ms)", "what", "where", "sent", "came of it")
    return fold("The same as a table", table(head, rows, numbers=(0, 1), caption="Sequence"))
