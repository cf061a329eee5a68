"""The tables of ``docs/benchmarks.md``, made from the committed rows in ``reports/bench``. Pure but for reading them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.prove.rows import ROOT

BENCH = ROOT / "reports" / "bench"
TITLES = {
    "incidents": "What it costs to make an incident file of a finding",
    "layers": "What the layers of defence of the sample app cost",
    "middleware": "What the middleware costs the sample app",
    "startup": "What it costs to start a command of the harness",
}
"""What each file of rows is about."""


def bench_tables() -> str:
    """Return a section with a table for each file of rows, without a final newline."""
    return "\n\n".join("\n".join(_section(name, title)) for name, title in TITLES.items())


def _section(name: str, title: str) -> Iterator[str]:
    rows = json.loads((BENCH / f"{name}.json").read_text(encoding="utf-8"))
    stamps = dict.fromkeys(f"commit `{row['commit']}`, {row['date']}" for row in rows)
    yield from (f"## {title}", "", f"Measured at {'; '.join(stamps)}.", "")
    yield from ("| what | value | interval | n | bound | holds |", "| --- | --- | --- | --- | --- | --- |")
    yield from map(_line, rows)


def _line(row: dict[str, Any]) -> str:
    low, high = row["interval"]
    kept = "" if row["holds"] is None else "yes" if row["holds"] else "no"
    cells = (row["name"], f"{row['value']:g} {row['unit']}", f"{low:g} to {high:g}", row["n"], row["bound"] or "", kept)
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
