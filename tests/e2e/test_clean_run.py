"""The main job on the clean sample app: green, everything seen, nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import psutil
import pytest

from harness.config import load_configuration
from harness.model.exits import Exit
from harness.model.verdicts import Verdict
from harness.scenario import load_scenarios
from harness.stage.planning import vocabulary
from tests.e2e.harness_run import ROOT, Ended, command, run

pytestmark = [pytest.mark.server, pytest.mark.alone]

MARK = "HARNESS_TEST_MARK"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """One whole run on the clean sample app, with a mark in its environment by which its processes are known."""
    return run(tmp_path_factory.mktemp("clean") / "run", "--seed", "7", env={MARK: str(os.getpid())})


def test_the_clean_app_is_green(clean: Ended) -> None:
    """No finding, nothing unknown, exit code 0."""
    assert (clean.exit, clean.report.verdict, clean.report.reasons) == (Exit.PASS, Verdict.PASS, ()), clean.out
    assert [finding for finding in clean.report.findings if finding.fails_gate] == []


def test_every_named_entry_ran_and_is_counted(clean: Ended) -> None:
    """Each entry that the default suite names ran at least once, or the report says why it does not apply."""
    known = vocabulary(load_configuration(ROOT / "harness.yaml"))
    named = {entry.id for scenario in load_scenarios((ROOT / "scenarios",), known=known) for entry in scenario.entries}
    lines = clean.report.coverage.entries
    told = {line.entry for line in lines if line.count.run or line.left_out}
    assert named - told == set()
    assert {line.entry for line in lines if line.count.run} >= named - {"MS07", "MS09", "MS14", "MS19"}


def test_no_process_is_left(clean: Ended) -> None:
    """Servers, workers, watchdogs and the load generator are gone when the command returns."""
    assert clean.exit == Exit.PASS
    deadline = time.monotonic() + 5
    while (left := _marked()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == []


def _marked() -> list[str]:
    """Return the command lines of processes that were started by the run."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(os.getpid()) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def test_check_and_report_give_the_same_without_a_server(clean: Ended, tmp_path: Path) -> None:
    """An old run directory, moved elsewhere, is judged and rendered to the same report."""
    copy = tmp_path / "old"
    shutil.copytree(clean.directory, copy)
    before = json.loads((copy / "report.json").read_text())
    (copy / "report.html").unlink()
    checked = command("check", str(copy))
    assert (checked.returncode, json.loads((copy / "report.json").read_text())) == (Exit.PASS, before)
    html = (copy / "report.html").read_text()
    (copy / "report.html").unlink()
    reported = command("report", str(copy))
    assert (reported.returncode, (copy / "report.html").read_text()) == (Exit.PASS, html)
