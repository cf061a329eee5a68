"""The policy of the gate on a planted defect, as a user meets it: found, waived, expired, known, mended, repeated."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from harness.model.exits import Exit
from harness.model.gates import Ratio, Standing
from tests.e2e.harness_run import Ended, command, run
from tests.e2e.once import once

pytestmark = pytest.mark.server

NARROW = ("--scenario", "D01", "--operation", "create_batch", "--seed", "1")
BROKEN = {"SAMPLE_APP_DEFECT": "no-dedupe"}
DOUBLED, DIFFERENT = "b70766b2f394", "27f257f0ead7"
"""The findings of the defect: an effect too many, and the second answer that tells of it."""


def seen(ended: Ended) -> dict[str, tuple[Standing, Ratio | None]]:
    """Return each finding's standing and ratio."""
    return {found.fingerprint: (found.standing, found.ratio) for found in ended.report.findings}


def said(ended: Ended) -> list[tuple[str, str]]:
    """Return what the gate says beside its verdict: kind and fingerprint."""
    return [(notice.kind, notice.fingerprint) for notice in ended.report.notices]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Return a run that finds the defect."""
    return once(
        tmp_path_factory, "gate-found", lambda place: run(place / "found", *NARROW, "--reruns", "2", env=BROKEN)
    )


@pytest.fixture(scope="module")
def known(found: Ended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the baseline that this run leaves, for all tests to copy."""
    return once(tmp_path_factory, "gate-known", lambda place: _updated(found, place / "known" / "baseline.json"))


def _updated(found: Ended, file: Path) -> Path:
    """Write the baseline that a run leaves to ``file`` and return that."""
    done = command("baseline", "update", str(found.directory), "--baseline", str(file))
    assert (done.returncode, done.stdout) == (
        Exit.PASS,
        f"{file}: 2 known findings (2 new, 0 kept); 0 mended and taken out\n",
    )
    return file


@pytest.fixture
def baseline(known: Path, tmp_path: Path) -> Path:
    """Return a baseline of the test's own."""
    return Path(shutil.copy(known, tmp_path / "known.json"))


def test_a_finding_is_seen_again_with_its_ratio(found: Ended) -> None:
    """The case of what fails the gate is carried out twice more, and every form of the report says how often it showed."""
    always = (Standing.NEW, Ratio(seen=3, of=3))
    assert (found.exit, seen(found)) == (Exit.FAIL, {DOUBLED: always, DIFFERENT: always}), found.out + found.err
    assert "repeats   seen 3 of 3 times" in found.out
    assert "seen 3 of 3 times" in (found.directory / "report.html").read_text()


def test_the_directory_alone_gives_the_same_ratio(found: Ended, tmp_path: Path) -> None:
    """An old run, judged elsewhere and later, comes to the same report."""
    copy = tmp_path / "old"
    shutil.copytree(found.directory, copy)
    before = json.loads((copy / "report.json").read_text())
    (copy / "report.json").unlink()
    assert command("check", str(copy)).returncode == Exit.FAIL
    assert json.loads((copy / "report.json").read_text()) == before


def test_what_is_waived_passes_and_is_said(tmp_path: Path) -> None:
    """One finding waived, the other known no more: the waived one does not fail, its reason is told, the expired one bites."""
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(
        "format: 1\nwaivers:\n"
        f"  - {{fingerprint: {DOUBLED}, reason: the ledger tells repeats, until: 2999-12-31}}\n"
        f"  - {{fingerprint: {DIFFERENT}, reason: nobody reads it, until: 2020-01-31}}\n"
    )
    half = run(tmp_path / "half", *NARROW, "--waivers", str(waivers), "--reruns", "0", env=BROKEN)
    standings = {DOUBLED: (Standing.WAIVED, None), DIFFERENT: (Standing.NEW, None)}
    assert (half.exit, seen(half), said(half)) == (Exit.FAIL, standings, [("expired", DIFFERENT)]), half.out
    assert f"the waiver of {DIFFERENT}" in " ".join(half.out.split())
    assert "the ledger tells repeats" in (half.directory / "report.html").read_text()

    waivers.write_text(waivers.read_text().replace("2020-01-31", "2999-12-31"))
    whole = run(tmp_path / "whole", *NARROW, "--waivers", str(waivers), env=BROKEN)
    standings = {DOUBLED: (Standing.WAIVED, None), DIFFERENT: (Standing.WAIVED, None)}
    assert (whole.exit, seen(whole), said(whole)) == (Exit.PASS, standings, []), whole.out
    assert "2 waived findings are not counted" in whole.report.sentence
    assert "waived until 2999-12-31: the ledger tells repeats" in " ".join(whole.out.split())


def test_what_is_known_passes_and_is_said(baseline: Path, tmp_path: Path) -> None:
    """A green gate that rests on a baseline says so, and the directory alone judges the same without the file."""
    ended = run(tmp_path / "run", *NARROW, "--baseline", str(baseline), env=BROKEN)
    standing = (Standing.KNOWN, None)
    assert (ended.exit, seen(ended)) == (Exit.PASS, {DOUBLED: standing, DIFFERENT: standing}), ended.out
    assert "no new finding reaches the gate: 2 known findings are not counted" in ended.report.sentence
    before = (ended.directory / "report.json").read_bytes()
    baseline.rename(baseline.with_name("moved.json"))
    try:
        assert command("check", str(ended.directory)).returncode == Exit.PASS
    finally:
        baseline.with_name("moved.json").rename(baseline)
    assert (ended.directory / "report.json").read_bytes() == before


def test_what_is_mended_is_said_and_leaves_the_baseline(baseline: Path, tmp_path: Path) -> None:
    """The clean app shows neither finding though their case ran: both are mended, and an update takes them out."""
    ended = run(tmp_path / "run", *NARROW, "--baseline", str(baseline))
    assert (ended.exit, said(ended)) == (Exit.PASS, [("mended", DIFFERENT), ("mended", DOUBLED)]), ended.out
    assert "mended: create_batch: doubled effect" in " ".join(ended.out.split())
    file = tmp_path / "baseline.json"
    file.write_bytes(baseline.read_bytes())
    done = command("baseline", "update", str(ended.directory), "--baseline", str(file))
    assert done.stdout == f"{file}: 0 known findings (0 new, 0 kept); 2 mended and taken out\n"
