"""The tries of an incident end with the one that shows what they are carried out for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from harness.history.directory import read_history
from harness.model.cases import Family, Plan
from harness.model.events import CaseStarted
from harness.model.exits import Exit
from harness.plan.spared import Sought
from harness.report.format import Count, Reason, Report
from tests.falsegreen.bench import App, Bench, Honest
from tests.unit.stage.test_reruns import CASE, Forgetful, judged

SCENARIO = Family.DUPLICATE.value


def thrice(plan: Plan) -> Plan:
    """Return a plan with its one case of trouble three times."""
    clean = tuple(case for case in plan.cases if case.family is Family.REFERENCE)
    (case,) = (case for case in plan.cases if case.family is not Family.REFERENCE)
    return replace(plan, cases=(*clean, *(replace(case, id=f"{CASE}/{number}") for number in (1, 2, 3))))


def tried(place: Path, app: App, sought: Mapping[str, Sought], code: Exit) -> tuple[tuple[str, ...], Report]:
    """Return which tries were begun, and the report."""
    bench = Bench(directory=place, app=app, edited=thrice, sought=sought)
    report = judged(bench, code)
    begun = (event.what.case for event in read_history(place) if isinstance(event.what, CaseStarted))
    return tuple(case for case in begun if case.startswith(CASE)), report


def test_what_was_shown_needs_no_further_try(tmp_path: Path) -> None:
    """The others are counted as deferred, with the reason; the verdict stands on the first."""
    _, first = tried(tmp_path / "first", Forgetful(), {}, Exit.FAIL)
    begun, report = tried(
        tmp_path / "run", Forgetful(), {SCENARIO: Sought(fingerprint=first.gating[0].fingerprint)}, Exit.FAIL
    )
    (entry,) = (entry for entry in report.coverage.entries if entry.scenario == SCENARIO)
    assert begun == (f"{CASE}/1",)
    assert entry.count == Count(possible=3, planned=1, run=1, not_applicable=0, not_run=0, deferred=2)
    assert entry.left_out == (Reason(text=f"{CASE}/1 has shown the finding: no further try was needed", count=2),)


def test_another_finding_ends_no_tries(tmp_path: Path) -> None:
    """A defect that hides behind another one has all its tries to show."""
    begun, report = tried(tmp_path / "run", Forgetful(), {SCENARIO: Sought(fingerprint="another")}, Exit.FAIL)
    assert (begun, report.coverage.total.deferred) == ((f"{CASE}/1", f"{CASE}/2", f"{CASE}/3"), 0)


def test_where_nothing_shows_every_try_is_carried_out(tmp_path: Path) -> None:
    """Mended is only what no try has shown."""
    begun, report = tried(tmp_path / "run", Honest(), {SCENARIO: Sought(fingerprint="f")}, Exit.PASS)
    assert (begun, report.coverage.total.deferred) == ((f"{CASE}/1", f"{CASE}/2", f"{CASE}/3"), 0)


@pytest.mark.parametrize(
    ("sought", "tries"),
    [(Sought(), 1), (Sought(check="one-effect-per-event"), 1), (Sought(check="answer-in-time"), 3)],
    ids=["any", "of its check", "of another check"],
)
def test_of_what_nobody_knows_yet_the_first_that_shows_something_is_enough(
    sought: Sought, tries: int, tmp_path: Path
) -> None:
    """Any finding that fails the gate, or one of the check that was asked for."""
    begun, _ = tried(tmp_path / "run", Forgetful(), {SCENARIO: sought}, Exit.FAIL)
    assert len(begun) == tries
