"""What the harness started beside the service is killed in the middle of a run: that is no fault of the service."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from harness.model.exits import Exit
from tests.fire.aftermath import happened
from tests.fire.ordeal import ended
from tests.fire.victim import MARK, Moment, begun, references, small_run, until

pytestmark = pytest.mark.server


def of_the_run(place: Path, words: str) -> list[psutil.Process]:
    """Return the processes of the run whose command line holds ``words``."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == str(place) and words in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def controlled(place: Path) -> bool:
    """Tell whether the control application has answered."""
    history = place / "run" / "history.jsonl"
    return history.exists() and '"source":"control"' in history.read_text()


@pytest.mark.parametrize(
    ("entries", "moment", "words", "controls"),
    [
        (("D01",), references, "targets/supervisor.py", 0),
        (("MW01", "MW22"), controlled, "harness.targets.trivial", 2),
    ],
    ids=["watchdogs", "control"],
)
def test_what_stands_beside_the_service_may_be_killed(
    entries: tuple[str, ...], moment: Moment, words: str, controls: int, tmp_path: Path
) -> None:
    """The run goes on to its verdict, finds nothing, and leaves nothing; a control that died is started anew."""
    process = begun(tmp_path, *small_run(tmp_path, entries))
    until(lambda: moment(tmp_path), process)
    victims = of_the_run(tmp_path, words)
    for victim in victims:
        os.kill(victim.pid, signal.SIGKILL)
    run = ended(tmp_path, process)
    lives = [what["what"] for what in happened(tmp_path / "run") if what.get("instance") == 0]
    assert (bool(victims), lives.count("started")) == (True, controls)
    assert (run.exit in (Exit.PASS, Exit.UNKNOWN), [finding.happened for finding in run.report.findings]) == (
        True,
        [],
    ), run.out
