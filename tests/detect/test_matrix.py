"""Every planted defect is found by the entry and the check named for it, with a line that shows it by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.checks.registry import checks
from harness.model.exits import Exit
from tests.e2e.harness_run import Ended, run
from tests.prove.jobs import Planted, file_of, planted

pytestmark = pytest.mark.server
FIRST = "create_batch"
"""The operation that is looked at first: most defects show there, and one operation takes half the time."""

SEEN = [defect for defect in planted() if defect.entry]
FIRSTS = {defect.entry: defect.name for defect in reversed(SEEN)}
"""The defect that shows, whenever the tests are run, that an entry has eyes; ``make prove`` runs all of them."""


def marked(defect: Planted) -> Any:
    """Say when a defect is looked for: what a time decides alone on the machine, the later of an entry only by a proof."""
    timed = defect.family == "load" or checks()[defect.check].timed
    marks = [pytest.mark.alone] if timed else []
    long = defect.family == "load" and file_of(defect.entry).startswith("scenarios/deep")
    if FIRSTS[defect.entry] != defect.name or long:
        marks.append(pytest.mark.prove)
    return pytest.param(defect, marks=marks, id=defect.name)


@pytest.mark.parametrize("defect", [marked(defect) for defect in SEEN])
def test_a_planted_defect_is_found_by_its_entry(defect: Planted, tmp_path: Path) -> None:
    """Exit code 1, a finding of the right check that fails the gate, and a way to see it by hand."""
    ended = sought(defect, tmp_path / "one", "--operation", FIRST)
    if not has_found(ended, defect):
        ended = sought(defect, tmp_path / "all")
    assert ended.exit == Exit.FAIL, ended.out + ended.err
    found = [finding for finding in ended.report.findings if finding.fails_gate]
    assert {(finding.family, finding.entry) for finding in found} == {(defect.family, defect.entry)}
    assert defect.check in {finding.check for finding in found}
    assert all(any(_by_hand(command) for command in finding.commands) for finding in found)
    assert _by_hand(ended.out)


def sought(defect: Planted, out: Path, *narrowing: str) -> Ended:
    """Run the entry that must find a defect."""
    where = ("--scenarios", file_of(defect.entry), "--scenario", defect.entry, *narrowing)
    return run(out, *where, "--seed", "1", "--reruns", "0", env={"SAMPLE_APP_DEFECT": defect.name})


def has_found(ended: Ended, defect: Planted) -> bool:
    """Tell whether the run failed by the check that the defect names."""
    return ended.exit == Exit.FAIL and defect.check in {finding.check for finding in ended.report.gating}


def _by_hand(told: str) -> bool:
    """Tell whether there is a line to paste: curl, or exact bytes where curl cannot say them."""
    return "curl " in told or "python3 -c" in told
