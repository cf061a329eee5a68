"""From a finding to a file that fails while the defect lives, and passes once it is mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.codec import from_json
from harness.model.exits import Exit
from harness.report.format import Report
from tests.e2e.harness_run import ROOT, command, run
from tests.e2e.once import once

pytestmark = pytest.mark.server

DEFECT = {"SAMPLE_APP_DEFECT": "no-dedupe"}


@pytest.fixture(scope="module")
def finding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the incident file of a doubled effect."""
    return once(tmp_path_factory, "replay-finding", _found)


def _found(place: Path) -> Path:
    """Run the entry that finds a doubled effect; return the incident file of that finding."""
    out = place / "run"
    ended = run(out, "--scenario", "D01", "--operation", "create_batch", "--reruns", "0", "--seed", "1", env=DEFECT)
    assert ended.exit == Exit.FAIL, ended.out + ended.err
    (file,) = (out / "incidents").glob("d01-create-batch-doubled-effect-*.json")
    return file


def test_an_incident_is_kept_where_it_fails_and_passes_where_the_defect_is_mended(
    finding: Path, tmp_path: Path
) -> None:
    """Red before green: accepted on the build that has the defect, mended on the one that has not."""
    kept, name = tmp_path / "incidents", finding.stem
    accepted = command(
        *("incident", "accept", str(finding), "--into", str(kept), "--out", str(tmp_path / "one"), "-q"), env=DEFECT
    )
    assert (accepted.returncode, (kept / finding.name).read_text()) == (Exit.PASS, finding.read_text()), accepted.stderr
    mended = command("replay", str(kept), "--out", str(tmp_path / "two"), "-q")
    assert (mended.returncode, f"mended: {name}: one-effect-per-event holds" in mended.stdout) == (Exit.PASS, True)
    again = command("replay", str(kept / finding.name), "--out", str(tmp_path / "three"), "-q", "--bisect", env=DEFECT)
    told = f"still failing: {name}: event 1 was sent 3 times and ledger POST /entries took effect 3 times"
    assert (again.returncode, told in again.stdout) == (Exit.FAIL, True)
    reported = [
        from_json(Report, (place / "report.json").read_bytes()) for place in (finding.parents[1], tmp_path / "three")
    ]
    files = [each.incident for report in reported for each in report.findings if each.check == "one-effect-per-event"]
    assert files == [f"incidents/{finding.name}", ""]  # of what is kept already no second file is offered
    listed = command("incident", "list", str(kept))
    assert listed.stdout == (
        f"{name}: critical: the same event again after completion: doubled effect (one-effect-per-event)\n"
    )


def test_a_finding_is_explained_from_its_run_and_from_its_incident(finding: Path, tmp_path: Path) -> None:
    """The same story from what lies there, with nothing started, and from the file, carried out again."""
    of_run = command("incident", "explain", str(finding.parents[1]), "one-effect-per-event")
    of_file = command("incident", "explain", str(finding), "--out", str(tmp_path / "run"), "-q", env=DEFECT)
    assert (of_run.returncode, of_file.returncode) == (Exit.PASS, Exit.PASS), of_run.stderr + of_file.stderr
    for done in (of_run, of_file):
        story = done.stdout.split()
        told = " ".join(story)
        assert "'second' (exchange" in told
        assert "sent POST /v1/batches, event 1, byte for byte what 'first' sent" in told
        assert '/values/0 " alpha " became /accepted/0 "alpha"' in told
        assert "<- the first that differs: the 2nd effect of its kind for this event; clean runs have 1" in told
        assert "logged answer: accepted" in told
        assert "- effects of ledger POST /entries for event 1: 3 instead of 1" in told
    assert of_file.stdout.startswith(f"{finding.stem}: still failing: ")
    nothing = command("incident", "explain", str(finding.parents[1]), "no-such")
    assert (nothing.returncode, "no finding is called 'no-such'; there are" in nothing.stderr) == (Exit.USAGE, True)


def test_what_does_not_fail_is_not_kept(finding: Path, tmp_path: Path) -> None:
    """A file that passes on the build that it comes from would guard nothing."""
    refused = command(
        *("incident", "accept", str(finding), "--into", str(tmp_path / "kept"), "--out", str(tmp_path / "run"), "-q")
    )
    assert (refused.returncode, (tmp_path / "kept").exists()) == (Exit.FAIL, False)
    assert "would guard nothing" in refused.stdout


def test_what_cannot_be_shown_is_no_pass_and_is_skipped_by_a_bisection(finding: Path, tmp_path: Path) -> None:
    """An operation that is gone: exit code 3, and 125 for git bisect run."""
    config = tmp_path / "harness.yaml"
    text = (ROOT / "harness.yaml").read_text().replace("  create_batch:", "  make_batch:")
    config.write_text(text)
    codes, said = [], ""
    for option in ((), ("--bisect",)):
        out = tmp_path / f"run{len(option)}"
        done = command(
            *("replay", str(finding), "--config", str(config), "--out", str(out), "-q", *option),
            env={"PYTHONPATH": str(ROOT)},
        )
        codes.append(done.returncode)
        said = done.stdout
    assert codes == [Exit.UNKNOWN, 125]
    assert (
        f"could not be shown: {finding.stem}: the configuration has no operation 'create_batch'; "
        "it has create_batch_v2, make_batch" in said
    )
