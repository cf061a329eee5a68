"""No way to see nothing ends in a pass, and each is told with what was missing: without any server, in seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cli.line import carried_out
from harness.model.exits import Exit
from tests.falsegreen.bench import Bench
from tests.falsegreen.page import ways
from tests.falsegreen.ways import Way, reasons


def test_a_run_in_which_nothing_is_broken_passes(tmp_path: Path) -> None:
    """Else the ways below would show nothing: each differs from this run in one thing."""
    Bench(directory=tmp_path / "run").run()
    assert carried_out(["check", str(tmp_path / "run"), "--quiet"]) == Exit.PASS


@pytest.mark.parametrize("way", ways(), ids=str)
def test_a_way_to_see_nothing_does_not_pass(way: Way, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is that of the table, and everything that is said is compared."""
    directory = tmp_path / "run"
    way.act(directory)
    capsys.readouterr()
    ended = carried_out([way.command, str(directory), "--quiet"])
    error = capsys.readouterr().err
    told = (error.replace(str(directory), "{run}").rstrip(),) if error else reasons(directory)
    assert (ended, told) == (way.exit, way.told)


def test_no_way_is_a_pass_and_each_is_told_once() -> None:
    """The page of the documentation is made from them."""
    assert Exit.PASS not in {way.exit for way in ways()}
    assert len({way.name for way in ways()}) == len(ways()) >= 40
