"""Every planted defect is found by the entry named for it, with a line that shows it by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.model.exits import Exit
from tests.e2e.harness_run import ROOT, run

pytestmark = pytest.mark.server

FAMILY_OF = {
    "malformed": "malformed-payload",
    "duplicate": "duplicate-event",
    "timeout": "timeout",
    "load": "load",
}


def _defects() -> list[tuple[str, str, str]]:
    """Return name, family and entry of every planted defect, from the app's own list."""
    listed = subprocess.run(
        [sys.executable, "-m", "sample_app.defects"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [
        (defect["name"], FAMILY_OF.get(defect["family"], defect["family"]), defect["entry"])
        for defect in json.loads(listed.stdout)
    ]


DEFECTS = _defects()


def test_each_family_has_two_defects_to_be_measured_by() -> None:
    """A family whose checks have nothing to find would prove nothing by its silence."""
    families = [family for _, family, _ in DEFECTS]
    assert {family: families.count(family) for family in FAMILY_OF.values()} == dict.fromkeys(FAMILY_OF.values(), 2)


@pytest.mark.parametrize(("name", "family", "entry"), DEFECTS, ids=[name for name, _, _ in DEFECTS])
def test_a_planted_defect_is_found_by_its_entry(name: str, family: str, entry: str, tmp_path: Path) -> None:
    """Exit code 1, a finding of the right family that fails the gate, and a way to see it by hand."""
    ended = run(tmp_path / "run", "--scenario", entry, "--seed", "1", env={"SAMPLE_APP_DEFECT": name})
    assert ended.exit == Exit.FAIL, ended.out + ended.err
    found = [finding for finding in ended.report.findings if finding.fails_gate]
    assert {(finding.family, finding.entry) for finding in found} == {(family, entry)}
    assert all(any("curl" in command for command in finding.commands) for finding in found)
    assert "curl" in ended.out
