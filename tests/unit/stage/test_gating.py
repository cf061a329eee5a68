"""What a run is held against is read before anything is started, from the usual places or from where one is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.model.errors import ScenarioError, UsageError
from harness.model.gates import Baseline, Gate, KnownFinding
from harness.model.verdicts import Severity
from harness.stage.gating import BASELINE, WAIVERS, gate_of, read_baseline
from harness.stage.options import Options

KNOWN = """{"format": 1, "findings": [{"fingerprint": "b70766b2f394", "check": "c", "severity": "major", "operation": "o",
"trouble": "t", "symptom": "s", "call": "", "entry": "D01", "title": "t", "cases": ["D01/o/1"], "first_seen": "2026-10-01"}]}"""
FOUND = KnownFinding(
    fingerprint="b70766b2f394",
    check="c",
    severity=Severity.MAJOR,
    operation="o",
    trouble="t",
    symptom="s",
    entry="D01",
    title="t",
    cases=("D01/o/1",),
    first_seen="2026-10-01",
)
WAIVED = "format: 1\nwaivers: [{fingerprint: b70766b2f394, reason: r, until: 2027-01-31}]\n"


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Options:
    """Return the options of a run in a directory of its own."""
    monkeypatch.chdir(tmp_path)
    return Options(config=tmp_path / "harness.yaml", scenarios=())


def test_without_files_major_and_above_fail(options: Options) -> None:
    """Nothing is waived and nothing known unless somebody wrote it down."""
    assert gate_of(options) == Gate()


def test_the_usual_files_hold_where_they_are(options: Options) -> None:
    """Waivers lie beside the configuration, the baseline where runs land; the report can say where it came from."""
    options.config.with_name(WAIVERS).write_text(WAIVED)
    BASELINE.parent.mkdir()
    BASELINE.write_text(KNOWN)
    gate = gate_of(options)
    assert [waiver.fingerprint for waiver in gate.waivers] == ["b70766b2f394"]
    assert (gate.baseline, gate.baseline_file) == (Baseline(findings=(FOUND,)), "reports/baseline.json")


def test_a_file_that_is_named_must_be_there(options: Options, tmp_path: Path) -> None:
    """A misspelt path must not be taken for a policy that excuses nothing, or everything."""
    with pytest.raises(ScenarioError, match="no such file"):
        gate_of(replace(options, waivers=tmp_path / "no.yaml"))
    with pytest.raises(UsageError, match="no such baseline"):
        gate_of(replace(options, baseline=tmp_path / "no.json"))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"format": 2, "findings": []}', '{"format": 1, "found": []}', KNOWN.replace("major", "huge")],
)
def test_a_broken_baseline_is_told(tmp_path: Path, text: str) -> None:
    """A baseline that cannot be read excuses nothing: the run does not start."""
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"baseline.json is no baseline of format 1: .*'harness baseline update'"):
        read_baseline(path)
