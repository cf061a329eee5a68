"""What the clean runs showed beside what this case shows, as a table that reads like a diff."""

from __future__ import annotations

from harness.report.format import Difference, ReportedFinding
from harness.report.page.markup import Child, Html, join, table, tag


def contrast(finding: ReportedFinding) -> Html | None:
    """Return the comparison of a finding's deciding exchange; None where there was nothing to compare it with."""
    if not finding.differences:
        return None
    rows = [_row(difference) for difference in finding.differences]
    head = ("beside", "compared", "clean runs", "here")
    return join(
        tag("h4", "Beside the clean runs"),
        tag("div", table(head, rows, caption="The last decisive exchange beside the clean runs"), class_="contrast"),
    )


def _row(difference: Difference) -> tuple[Child, ...]:
    """Return one row: a mark and a word for whether it is the same."""
    mark = tag("span", "= same", class_="quiet") if difference.same else tag("span", "≠ differs", class_="differs")
    clean, here = (tag("code", text) if text else "nothing" for text in (difference.clean, difference.here))
    if difference.same:
        return (mark, difference.what, clean, here)
    return (mark, difference.what, tag("del", clean), tag("ins", here))
