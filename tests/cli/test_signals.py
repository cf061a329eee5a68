"""A run that is asked to end, by any signal, at any moment and again and again, ends in order."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from harness.cli.signals import INTERRUPTED
from harness.model.exits import Exit
from harness.model.verdicts import Verdict
from tests.e2e.harness_run import ROOT, Ended, command

MARK = "HARNESS_SIGNAL_TEST_MARK"
BOUND = 30.0
"""Seconds after which a moment has not come, or an end hangs."""


def begun(tmp_path: Path, entry: str) -> subprocess.Popen[bytes]:
    """Start a run of one entry, known by its mark, with a directory for temporary files of its own."""
    (tmp_path / "tmp").mkdir()
    words = ["run", "--out", str(tmp_path / "run"), "--seed", "1", "--scenario", entry]
    with (tmp_path / "said").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "harness", *words],
            cwd=ROOT,
            env={**os.environ, MARK: str(tmp_path), "TMPDIR": str(tmp_path / "tmp")},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )


def until(holds: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Poll until ``holds``; fail where the run ended before, or after the bound."""
    deadline = time.monotonic() + BOUND
    while not holds():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)


def heeds_signals(pid: int) -> bool:
    """Tell whether a process catches SIGTERM by now (SigCgt, proc(5)): Python itself does not."""
    status = dict(line.split(":\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return bool(int(status["SigCgt"], 16) & 1 << (signal.SIGTERM - 1))


def end(process: subprocess.Popen[bytes], first: signal.Signals) -> int:
    """Ask the run to end, and then again and again, by every signal, until it has; return its exit code."""
    process.send_signal(first)
    deadline = time.monotonic() + BOUND
    for further in itertools.cycle((signal.SIGTERM, signal.SIGINT, signal.SIGHUP)):
        time.sleep(0.02)
        if process.poll() is not None or time.monotonic() > deadline:
            break
        process.send_signal(further)
    return process.wait(1)


def left(tmp_path: Path) -> tuple[list[str], list[str]]:
    """Return the processes that the run left (it has five seconds to leave none), and the half and temporary files."""
    deadline = time.monotonic() + 5
    while (processes := marked(str(tmp_path))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return processes, [str(path) for path in (*tmp_path.rglob("*.part"), *(tmp_path / "tmp").iterdir())]


def marked(mark: str) -> list[str]:
    """Return the command lines of the processes that carry the mark."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def history(tmp_path: Path) -> str:
    """Return what was seen so far."""
    path = tmp_path / "run" / "history.jsonl"
    return path.read_text() if path.exists() else ""


def references(tmp_path: Path) -> bool:
    """Tell whether a reference case is under way."""
    return '"kind":"sent"' in history(tmp_path)


def hanging(tmp_path: Path) -> bool:
    """Tell whether a call hangs at a double whose fault is armed."""
    return '"kind":"call-received"' in history(tmp_path).partition('"kind":"fault-armed"')[2]


def loading(tmp_path: Path) -> bool:
    """Tell whether the load generator has logged a request."""
    log = tmp_path / "run" / "load-1.jsonl"
    return log.exists() and log.stat().st_size > 0


@pytest.mark.server
@pytest.mark.parametrize(
    ("entry", "moment", "first"),
    [
        ("D01", references, signal.SIGTERM),
        ("T02", hanging, signal.SIGHUP),
        ("L17", loading, signal.SIGTERM),
    ],
)
def test_a_run_under_way_is_saved_and_judged(
    entry: str, moment: Callable[[Path], bool], first: signal.Signals, tmp_path: Path
) -> None:
    """130, nothing left behind, and the directory says the same again: unknown, interrupted."""
    process = begun(tmp_path, entry)
    until(lambda: moment(tmp_path), process)
    code = end(process, first)
    assert (code, left(tmp_path)) == (Exit.INTERRUPTED, ([], [])), (tmp_path / "said").read_text()
    checked = command("check", str(tmp_path / "run"))
    ended = Ended(exit=checked.returncode, out=checked.stdout, err=checked.stderr, directory=tmp_path / "run")
    assert (ended.exit, ended.report.verdict) == (Exit.INTERRUPTED, Verdict.UNKNOWN), ended.err
    assert ended.report.sentence.startswith("the run was interrupted: ")


def starting(tmp_path: Path) -> bool:
    """Tell whether the service has been started, and has not answered yet."""
    return '"what":"started"' in history(tmp_path)


@pytest.mark.server
@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_has_not_begun_leaves_nothing(first: signal.Signals, tmp_path: Path) -> None:
    """As early as Python heeds us, and while the service starts: 130, and the directory says that there is no run."""
    process = begun(tmp_path, "D01")
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
    words = ["-m", "harness", "run", "--out", str(tmp_path / "run"), "--seed", "1", "--scenario", "D01"]
    own = "import os, sys; os.login_tty(0); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
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


def test_the_exit_code_is_that_of_the_table() -> None:
    """The front says it without importing the table."""
    assert INTERRUPTED == Exit.INTERRUPTED
