"""The door through which a run tells how far it is, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from harness.model.cases import Case, Plan
from harness.model.judgements import Judgement
from harness.model.runs import Run
from harness.report.format import Report


class Progress(Protocol):
    """Hears of every step of a run. Called from one thread, in order; must not raise and must not block for long."""

    def started(self, run: Run, plan: Plan) -> None:
        """Hear that ``plan`` is about to be carried out."""
        ...

    def phase(self, text: str) -> None:
        """Hear of a long act that is no case, such as ``starting gunicorn``."""
        ...

    def case(self, case: Case, done: int, total: int, judgements: tuple[Judgement, ...]) -> None:
        """Hear that ``case`` is over, the ``done``-th of ``total``, and what was judged of it."""
        ...

    def shrinking(self, text: str, *, smaller: bool) -> None:
        """Hear how small a case is by now, after a smaller one was tried; ``smaller``: it is since then."""
        ...

    def finished(self, report: Report, directory: Path) -> None:
        """Hear that the run is judged and its report lies in ``directory``."""
        ...


class Unheard:
    """A progress that nobody listens to."""

    def started(self, run: Run, plan: Plan) -> None:
        """Say nothing."""

    def phase(self, text: str) -> None:
        """Say nothing."""

    def case(self, case: Case, done: int, total: int, judgements: tuple[Judgement, ...]) -> None:
        """Say nothing."""

    def shrinking(self, text: str, *, smaller: bool) -> None:
        """Say nothing."""

    def finished(self, report: Report, directory: Path) -> None:
        """Say nothing."""
