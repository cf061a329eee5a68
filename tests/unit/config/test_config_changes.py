"""Declared changes are read strictly: a change that could match nothing, or everything, is refused with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.config import load_changes
from harness.config.changes import CHANGE
from harness.model.comparisons import DeclaredChange
from harness.model.errors import ScenarioError

OPERATIONS = ("create_batch", "create_batch_v2")
ROOT = Path(__file__).parents[3]


def written(tmp_path: Path, *lines: str) -> Path:
    """Write a file of declared changes; each of ``lines`` is one of them, in braces."""
    file = tmp_path / "changes.yaml"
    file.write_text("format: 1\nchanges:\n" + "".join(f"  - {{{line}}}\n" for line in lines), encoding="utf-8")
    return file


def test_a_declared_change_says_where_what_since_when_and_why(tmp_path: Path) -> None:
    """All its keys, and the line in which it stands."""
    line = "operation: create_batch, exchange: 'v1/*', change: field lost, at: /note, since: '2', reason: gone"
    file = written(tmp_path, line, "operation: create_batch, change: other status, since: '2', reason: stricter")
    assert load_changes(file, OPERATIONS) == (
        DeclaredChange(
            operation="create_batch",
            exchange="v1/*",
            change="field lost",
            at="/note",
            since="2",
            reason="gone",
            file=str(file),
            line=3,
        ),
        DeclaredChange(
            operation="create_batch", change="other status", since="2", reason="stricter", file=str(file), line=4
        ),
    )


USUAL = "operation: create_batch, since: '2', reason: why"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("change: other status, since: '2', reason: why",), "operation"),
        (("operation: create_batch, change: other status, since: '2'",), "reason"),
        ((f"{USUAL}, change: other statuses",), "did you mean 'other status'?"),
        ((f"{USUAL}, change: field lost",), "'field lost' lies at a place: name it with 'at'"),
        ((f"{USUAL}, change: no answer, at: /id",), "'no answer' is of the whole exchange and lies at no place"),
        (
            ("operation: create_batches, change: no answer, since: '2', reason: why",),
            "the configuration declares no operation 'create_batches'; did you mean 'create_batch'?",
        ),
        ((f"{USUAL}, change: no answer",) * 2, "this change is declared in line 3 already"),
        ((f"{USUAL}, change: no answer, untill: 2027-01-01",), "untill"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, lines: tuple[str, ...], told: str) -> None:
    """The file, the line and what is wrong there."""
    file = written(tmp_path, *lines)
    with pytest.raises(ScenarioError) as refused:
        load_changes(file, OPERATIONS)
    assert told in str(refused.value)
    assert str(refused.value).startswith(f"{file}:{2 + len(lines)}:")


def test_a_file_that_is_not_there_or_of_another_format_is_refused(tmp_path: Path) -> None:
    """By name, and with where the form is shown."""
    with pytest.raises(ScenarioError, match=r"docs/versions-of-a-service\.md shows one"):
        load_changes(tmp_path / "changes.yaml", OPERATIONS)
    later = written(tmp_path)
    later.write_text("format: 2\nchanges: []\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="format"):
        load_changes(later, OPERATIONS)


def test_the_changes_of_the_sample_app_are_read() -> None:
    """The file beside harness.yaml."""
    (change,) = load_changes(ROOT / "changes.yaml", OPERATIONS)
    assert (change.operation, change.change, change.at) == ("create_batch_v2", "field added", "/totals/labelled")


def test_the_page_lists_the_keys_of_a_declared_change() -> None:
    """None missing, none invented."""
    page = (ROOT / "docs" / "versions-of-a-service.md").read_text(encoding="utf-8")
    section = page.split("## Declared changes")[1].split("<!-- generated")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == set(CHANGE)
