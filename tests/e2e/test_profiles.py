"""A profile on the sample app: quick is quick and green, and what it finds is found again by the command it tells."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from harness.history.directory import load_plan
from harness.model.cases import Family
from harness.model.exits import Exit
from harness.plan.profiles import QUICK
from tests.e2e.harness_run import run

pytestmark = pytest.mark.server


@pytest.mark.alone
def test_quick_is_green_has_all_families_and_counts_what_it_left(tmp_path: Path) -> None:
    """At least one case of each of its entries ran; possible is what ran, was deferred, or does not apply."""
    ended = run(tmp_path / "run", "--profile", "quick", "--seed", "3")
    report = ended.report
    assert (ended.exit, report.run.profile, report.reasons) == (Exit.PASS, "quick", ()), ended.out
    assert {line.family for line in report.coverage.families if line.count.run} == set(Family)
    assert {line.entry for line in report.coverage.entries if line.count.run} == {*QUICK.entries, "reference"}
    total = report.coverage.total
    assert (total.planned, total.not_run) == (total.run, 0)
    assert total.possible == total.run + total.deferred + total.not_applicable
    assert total.deferred > total.run
    assert report.run.took < 60  # 20 s where nothing else runs


def test_a_finding_of_quick_is_repeated_by_its_command(tmp_path: Path) -> None:
    """The command plans the same case again, step by step, and shows the same finding."""
    environment = {"SAMPLE_APP_DEFECT": "no-dedupe"}
    first = run(tmp_path / "first", "--profile", "quick", "--family", "duplicate-event", env=environment)
    finding = next(finding for finding in first.report.gating if finding.entry == "D01")
    words = shlex.split(finding.repeat)
    assert words[:2] == ["harness", "run"]
    again = run(tmp_path / "again", *words[2:], env=environment)
    cases = [next(c for c in load_plan(ended.directory).cases if c.id == finding.case) for ended in (first, again)]
    assert cases[0] == cases[1]
    assert finding.fingerprint in {found.fingerprint for found in again.report.gating}
