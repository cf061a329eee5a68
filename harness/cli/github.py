"""What a run tells GitHub Actions by itself: findings beside the code, the summary on the page of the job."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from harness.report.format import Report


def tell_github(report: Report, environment: Mapping[str, str], out: TextIO) -> None:
    """Write annotations to ``out`` and append the summary to the file of the step, where ``environment`` has them."""
    if environment.get("GITHUB_ACTIONS") == "true":
        from harness.report.formats import github
        from harness.report.pipes import say

        say(out, github.render(report))
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        _append(Path(summary), report)


def _append(path: Path, report: Report) -> None:
    """Append the summary to ``path``, as much as is shown beside what stands there; where that fails, it is told."""
    from harness.report.formats import markdown

    try:
        held = path.stat().st_size if path.exists() else 0
        with path.open("a", encoding="utf-8") as file:
            file.write(markdown.render(report, markdown.LIMIT - held))
    except OSError as refused:
        print(f"harness: the summary of the step could not be written: {refused}", file=sys.stderr)
