"""What came of malformed messages, field by field: which kind of trouble was refused where, and which got through."""

from __future__ import annotations

from collections.abc import Sequence

from harness.report.format import FieldLine, Report
from harness.report.page.markup import Html, fold, join, table, tag
from harness.report.summary import plural

_CAME = (("rejected", "refused"), ("accepted", "accepted"), ("failed", "failed"), ("indeterminate", "no answer"))
_LEGEND = (
    "What came of the messages in which this field had this trouble. A legal message is accepted, an illegal one "
    "refused: ✕ marks those that a finding rests on."
)


def fields(report: Report) -> Html | None:
    """Return the section of the field outcomes; None where no message was wrong in a field."""
    if not report.fields:
        return None
    operations = dict.fromkeys(line.operation for line in report.fields)
    tables = [_operation(name, [line for line in report.fields if line.operation == name]) for name in operations]
    wrong = sum(line.wrong for line in report.fields)
    total = sum(line.accepted + line.rejected + line.failed + line.indeterminate for line in report.fields)
    said = f"{plural(total, 'message')} wrong or unusual in one field; a finding rests on {wrong:,} of them."
    return tag(
        "section", tag("h2", "Fields"), tag("p", said), tag("p", _LEGEND, class_="facts"), join(tables), id="fields"
    )


def _operation(name: str, lines: Sequence[FieldLine]) -> Html:
    """Return the table of one operation: a row a kind of trouble, a column a field."""
    columns = tuple(dict.fromkeys(line.field for line in lines))
    kinds = tuple(dict.fromkeys(line.trouble for line in lines))
    at = {(line.trouble, line.field): line for line in lines}
    rows = [
        tag("tr", tag("th", kind, scope="row"), [_cell(at.get((kind, column))) for column in columns]) for kind in kinds
    ]
    wrong = sum(line.wrong for line in lines)
    listed = table(("trouble", *columns), rows, caption=f"{name}: trouble by field", style="matrix")
    title = f"{name}: {plural(len(columns), 'field')} by {plural(len(kinds), 'trouble')}"
    return tag("div", fold(title, listed, open_=bool(wrong)), data_operation=name)


def _cell(line: FieldLine | None) -> Html:
    """Return what came of one kind of trouble in one field."""
    if line is None:
        return tag("td", class_="empty")
    came = ", ".join(f"{getattr(line, name):,} {word}" for name, word in _CAME if getattr(line, name))
    return tag("td", f"✕ {line.wrong:,} wrong: {came}" if line.wrong else came, class_="fail" if line.wrong else None)
