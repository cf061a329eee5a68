"""What a run tells GitHub Actions by itself."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from harness.cli.github import tell_github
from harness.report.formats import github, markdown
from tests.unit.report.made import bad_report


def told(environment: dict[str, str]) -> str:
    """Return what is written where annotations belong."""
    out = StringIO()
    tell_github(bad_report(), environment, out)
    return out.getvalue()


def test_nothing_is_told_elsewhere() -> None:
    """Outside of GitHub Actions nothing is written."""
    assert (told({}), told({"GITHUB_ACTIONS": "false"})) == ("", "")


def test_annotations_are_written_in_actions() -> None:
    """In GitHub Actions each annotation is a line."""
    assert told({"GITHUB_ACTIONS": "true"}) == github.render(bad_report()) + "\n"


def test_the_summary_is_appended(tmp_path: Path) -> None:
    """The summary comes after what other commands of the step wrote, and both together are not too long."""
    path = tmp_path / "summary"
    path.write_text("# before\n" + "x" * 1_000_000, encoding="utf-8")
    told({"GITHUB_STEP_SUMMARY": str(path)})
    written = path.read_text(encoding="utf-8")
    assert written.endswith(markdown.render(bad_report()))
    before = markdown.LIMIT - 5_000
    path.write_text("x" * before, encoding="utf-8")
    told({"GITHUB_STEP_SUMMARY": str(path)})
    assert "**4 more findings** in `report.html`" in path.read_text(encoding="utf-8")
    assert path.stat().st_size <= markdown.LIMIT


def test_a_summary_that_cannot_be_written_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be written is told on standard error; the verdict stands."""
    assert told({"GITHUB_STEP_SUMMARY": str(tmp_path)}) == ""
    assert capsys.readouterr().err.startswith("harness: the summary of the step could not be written: ")
