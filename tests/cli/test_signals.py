"""A run that is asked to end, by any signal, at any moment and again and again, ends in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.signals import INTERRUPTED
from harness.model.exits import Exit
from harness.model.verdicts import Verdict
from tests.e2e.harness_run import ROOT, Ended, command
from tests.fire.victim import (
    BOUND,
    Moment,
    begun,
    end,
    hanging,
    heeds_signals,
    left,
    loading,
    references,
    starting,
    until,
)


def narrowed(place: Path, entry: str) -> tuple[str, ...]:
    """Return the words of a run of one entry."""
    return "run", "--out", str(place / "run"), "--seed", "1", "--scenario", entry


@pytest.mark.server
@pytest.mark.parametrize(
    ("entry", "moment", "first"),
    [
        ("D01", references, signal.SIGTERM),
        ("T02", hanging, signal.SIGHUP),
        ("L17", loading, signal.SIGTERM),
    ],
)
def test_a_run_under_way_is_saved_and_judged(entry: str, moment: Moment, first: signal.Signals, tmp_path: Path) -> None:
    """130, nothing left behind, and the directory says the same again: unknown, interrupted."""
    process = begun(tmp_path, *narrowed(tmp_path, entry))
    until(lambda: moment(tmp_path), process)
    code = end(process, first)
    assert (code, left(tmp_path)) == (Exit.INTERRUPTED, ([], [])), (tmp_path / "said").read_text()
    checked = command("check", str(tmp_path / "run"))
    ended = Ended(exit=checked.returncode, out=checked.stdout, err=checked.stderr, directory=tmp_path / "run")
    assert (ended.exit, ended.report.verdict) == (Exit.INTERRUPTED, Verdict.UNKNOWN), ended.err
    assert ended.report.sentence.startswith("the run was interrupted: ")


@pytest.mark.server
@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_has_not_begun_leaves_nothing(first: signal.Signals, tmp_path: Path) -> None:
    """As early as Python heeds us, and while the service starts: 130, and the directory says that there is no run."""
    process = begun(tmp_path, *narrowed(tmp_path, "D01"))
    ready = (lambda: heeds_signals(process.pid)) if first is signal.SIGTERM else (lambda: starting(tmp_path))
    until(ready, process)
    code = end(process, first)
    assert (code, left(tmp_path)) == (Exit.INTERRUPTED, ([], [])), (tmp_path / "said").read_text()
    assert (
        (tmp_path / "said")
        .read_text()
        .endswith("interrupted; where a run was saved, 'harness check DIRECTORY' judges it\n")
    )
    checked = command("check", str(tmp_path / "run"))
    assert (checked.returncode, "was the run stopped before it began?" in checked.stderr) == (Exit.USAGE, True)


@pytest.mark.server
def test_a_terminal_that_hangs_up_ends_the_run_in_order(tmp_path: Path) -> None:
    """Nothing can be said any more, and everything is saved: the code is 130, not that of a finding or a bug."""
    words = ["-m", "harness", "run", "--out", str(tmp_path / "run"), "--seed", "1", "--scenario", "T02"]
    own = (
        "import os, signal, sys; os.login_tty(0); signal.signal(signal.SIGHUP, signal.SIG_DFL); "
        "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    ours, theirs = os.openpty()
    environ = {**os.environ, "TERM": "xterm"}
    process = subprocess.Popen([sys.executable, "-c", own, *words], cwd=ROOT, env=environ, stdin=theirs)
    os.close(theirs)
    os.set_blocking(ours, False)
    until(lambda: not read_off(ours) and references(tmp_path), process)
    os.close(ours)
    ended = Ended(exit=process.wait(BOUND), out="", err="", directory=tmp_path / "run")
    assert (ended.exit, ended.report.verdict) == (Exit.INTERRUPTED, Verdict.UNKNOWN)


def read_off(terminal: int) -> bool:
    """Read what stands on the terminal; return whether there was anything."""
    try:
        return bool(os.read(terminal, 65_536))
    except OSError:  # nothing stands there, or nobody has taken the other end yet
        return False


def python(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=BOUND, check=False)


def test_signals_are_heeded_before_anything_is_imported() -> None:
    """Importing the front imports neither click nor a room: what takes time comes after the signals are heeded."""
    told = python("import sys, harness.cli; print({'click', 'pydantic', 'harness.runner'} & set(sys.modules))")
    assert told.stdout == "set()\n"


def test_an_ignored_signal_stays_ignored() -> None:
    """What nohup or a shell ignores on purpose does not end the run."""
    told = python(
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from harness.cli.signals import end_orderly; end_orderly()\n"
        "print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN)"
    )
    assert told.stdout == "True\n"


def test_an_interrupt_inside_a_finalizer_is_not_lost() -> None:
    """Python drops what a finalizer raises; the one interrupt that counts is raised again after it."""
    told = python(
        "import os, signal, time\n"
        "from harness.cli.signals import end_orderly, interrupted; end_orderly()\n"
        "class Ends:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGTERM); sum(range(9))\n"
        "try:\n"
        "    ends = Ends(); del ends\n"
        "    time.sleep(20)\n"
        "except KeyboardInterrupt:\n"
        "    raise SystemExit(interrupted())"
    )
    assert told.returncode == INTERRUPTED, told.stderr


def test_an_interrupt_that_comes_again_too_soon_is_not_lost() -> None:
    """On a busy machine it is asked again while the place that drops it is still on the way: it is asked once more."""
    told = python(
        "import os, signal, threading, time\n"
        "from harness.cli.signals import end_orderly, interrupted; end_orderly()\n"
        "start, busy = threading.Timer.start, [1.0]\n"
        "threading.Timer.start = lambda timer: (start(timer), busy and time.sleep(busy.pop()))\n"
        "class Ends:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGTERM); sum(range(9))\n"
        "try:\n"
        "    ends = Ends(); del ends\n"
        "    time.sleep(20)\n"
        "except KeyboardInterrupt:\n"
        "    raise SystemExit(interrupted())"
    )
    assert told.returncode == INTERRUPTED, told.stderr


def test_an_interrupt_that_went_through_an_exec_keeps_the_exit_code(tmp_path: Path) -> None:
    """Python notes an interrupt that leaves an exec, such as that of a dataclass, and would die of SIGINT in the end."""
    (tmp_path / "front.py").write_text(
        "from harness.cli.signals import end_orderly, ignore, interrupted; end_orderly()\n"
        "try:\n"
        "    exec('import os, signal; os.kill(os.getpid(), signal.SIGTERM); sum(range(9))')\n"
        "except KeyboardInterrupt:\n"
        "    code = interrupted()\n"
        "ignore()\n"
        "raise SystemExit(code)\n"
    )
    told = subprocess.run(
        [sys.executable, "-m", "front"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=BOUND,
        check=False,
    )
    assert told.returncode == INTERRUPTED, told.stderr


def test_the_exit_code_is_that_of_the_table() -> None:
    """The front says it without importing the table."""
    assert INTERRUPTED == Exit.INTERRUPTED
