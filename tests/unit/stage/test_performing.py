"""How a run ends is what its directory says, whatever ended it."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.history.directory import load_run
from harness.model.cases import Case, Plan
from harness.model.judgements import Judgement
from harness.model.runs import Run, State
from harness.report.format import Report
from harness.runner import Options, run

ROOT = Path(__file__).parents[3]


class Stops:
    """A progress that raises once the first case is over."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def started(self, run: Run, plan: Plan) -> None:
        """Go on."""

    def phase(self, text: str) -> None:
        """Go on."""

    def case(self, case: Case, done: int, total: int, judgements: tuple[Judgement, ...]) -> None:
        """Stop."""
        raise self._error

    def shrinking(self, text: str, *, smaller: bool) -> None:
        """Go on."""

    def finished(self, report: Report, directory: Path) -> None:
        """Go on."""


@pytest.mark.server
def test_a_run_that_an_error_ended_is_not_complete(tmp_path: Path) -> None:
    """An error that nobody foresaw goes to the caller, and the directory does not take itself for a whole run."""
    options = Options(
        config=ROOT / "harness.yaml",
        scenarios=(ROOT / "scenarios",),
        select=("D01",),
        seed=1,
        out=tmp_path,
        server="wsgi",
    )
    with pytest.raises(ZeroDivisionError):
        run(options, Stops(ZeroDivisionError()))
    assert load_run(tmp_path).state is State.BROKEN
