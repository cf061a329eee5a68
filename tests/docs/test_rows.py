"""What was proven and measured is kept in rows of one shape, and all of it is shown."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from tests.bench.page import BENCH, TITLES
from tests.prove.rows import ROOT, Row

KEPT = sorted((ROOT / "reports").glob("bench/*.json")) + sorted((ROOT / "reports").glob("proof/*.json"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_rows_have_one_shape(path: Path) -> None:
    """Each row has its name, value, unit, bound, whether that holds, the number and interval, the commit and the day."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    fields = {field.name for field in dataclasses.fields(Row)}
    assert [set(row) for row in rows] == [fields for _ in rows]
    assert [row["name"] for row in rows if not row["commit"] or not row["date"]] == []


def test_every_benchmark_is_shown() -> None:
    """docs/benchmarks.md has a section for each file of rows, and the committed rows keep their bounds."""
    assert {path.stem for path in BENCH.glob("*.json")} == set(TITLES)
    rows = [row for name in TITLES for row in json.loads((BENCH / f"{name}.json").read_text(encoding="utf-8"))]
    assert [row["name"] for row in rows if row["holds"] is False] == []
