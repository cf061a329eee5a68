"""A disk that refuses ends a run with a message; what was seen is kept where it could be, and judged where it lies."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.model.exits import OF_VERDICT, Exit
from harness.model.verdicts import Verdict
from tests.e2e.harness_run import Ended, command
from tests.fire.ordeal import ended, started
from tests.fire.victim import references, until

pytestmark = pytest.mark.server

SMALL = 200_000
"""Bytes: enough for each file of a run of four cases, too few for a history full of garbage."""


def test_a_history_that_can_grow_no_further_is_judged_as_far_as_it_came(tmp_path: Path) -> None:
    """The run ends there; its report says why, and it does not pass."""
    process = started(tmp_path, "on-call", "garbage")
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (SMALL, SMALL))
    run = ended(tmp_path, process)
    assert (run.exit, run.report.run.state) == (OF_VERDICT[run.report.verdict], "unsaved"), run.out
    assert run.report.verdict is not Verdict.PASS
    assert run.report.sentence.startswith(
        f"the run broke off: {tmp_path}/run/history.jsonl cannot be written any further: File too large; the run ends"
    )
    assert run.report.coverage.total.run == 3


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 256 KiB where the run is to land."""
    place = tmp_path / "run"
    place.mkdir()
    if os.geteuid() or _mount("-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)):
        pytest.skip("a small disk needs root and leave to mount")
    yield place
    subprocess.run(["umount", str(place)], check=True, timeout=30)


def _mount(*words: str) -> int:
    return subprocess.run(["mount", *words], check=False, capture_output=True, timeout=30).returncode


def test_a_full_disk_is_told_and_what_was_seen_is_judged_once_there_is_room(tmp_path: Path, disk: Path) -> None:
    """Exit code 3, what to do now; then everything that was written counts, and nothing passes."""
    run = ended(tmp_path, started(tmp_path, "on-call", "garbage"))
    assert run.exit == Exit.UNKNOWN
    told = f"No space left on device; make room there, and 'harness check {disk}' judges what was seen\n"
    assert run.out.endswith(told), run.out
    assert _mount("-o", "remount,size=16m", str(disk)) == 0
    checked = command("check", str(disk))
    again = Ended(exit=checked.returncode, out=checked.stdout, err=checked.stderr, directory=disk)
    assert (again.exit, again.report.coverage.total.run) == (Exit.INTERRUPTED, 3), again.err
    assert again.report.verdict is not Verdict.PASS
    assert "or its end could not be written" in again.report.sentence


def test_a_directory_that_is_taken_away_ends_the_run(tmp_path: Path) -> None:
    """The run does not go on for what nobody will see, and does not make the directory anew."""
    process = started(tmp_path, "on-call", "silent")
    until(lambda: references(tmp_path), process)
    shutil.rmtree(tmp_path / "run")
    run = ended(tmp_path, process)
    assert (run.exit, (tmp_path / "run").exists()) == (Exit.UNKNOWN, False)
    assert run.out.endswith("its directory was removed, and what lay there with it\n"), run.out


@pytest.mark.parametrize("how", ["read-only", "full"])
def test_a_directory_that_cannot_be_written_is_exit_2(how: str, tmp_path: Path, disk: Path) -> None:
    """Nothing is begun: the message names the directory and what to do."""
    if how == "full":
        (disk / "filled").write_bytes(b"x" * 256 * 1024)
    else:
        assert _mount("-o", "remount,ro", str(disk)) == 0
    run = ended(tmp_path, started(tmp_path, "on-call", "good"))
    told = {
        "read-only": f"harness: {disk} cannot be written: it is read-only: name another --out\n",
        "full": f"harness: {disk}/run.json cannot be written: No space left on device; free some space there, or name "
        "another directory\n",
    }[how]
    assert (run.exit, run.out) == (Exit.USAGE, told)
