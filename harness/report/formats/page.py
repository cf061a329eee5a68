"""The table of ``docs/ci.md``, made from the formats themselves."""

from __future__ import annotations

from harness.report.formats.table import FORMATS


def forms_table() -> str:
    """Return one Markdown table with a row for every form of the report, without a final newline."""
    rows = (
        f"| `{name}` | {f'`{held.file}`' if held.file else '-'} | {held.readers} |" for name, held in FORMATS.items()
    )
    return "\n".join(("| form | file | who reads it |", "| --- | --- | --- |", *rows))
