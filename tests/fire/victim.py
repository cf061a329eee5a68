"""A run in a process of its own that is about to be ended by a signal, and the moments at which that can happen."""

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

from tests.e2e.harness_run import ROOT

MARK = "HARNESS_SIGNAL_TEST_MARK"
"""The variable by which every process of a run is known, whoever its parent is by then."""
BOUND = 60.0
"""Seconds after which a moment has not come, or an end hangs."""
LEAVING = 20.0
"""Seconds within which the last process is gone: the watchdogs' grace, and some for a busy machine."""

Moment = Callable[[Path], bool]
"""Tells, of the directory of a victim, whether the moment has come."""


def begun(place: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start ``harness`` with ``words``, known by its mark; what it says is ``said``, temporary files lie in ``tmp``."""
    (place / "tmp").mkdir(exist_ok=True)
    with (place / "said").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "harness", *words],
            cwd=ROOT,
            env={**os.environ, MARK: str(place), "TMPDIR": str(place / "tmp"), "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )


def small_run(place: Path, entries: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a run of a few entries of the sample app."""
    chosen = [word for entry in entries for word in ("--scenario", entry)]
    return "run", "--out", str(place / "run"), "--seed", "1", "--shrink", "0", "--operation", "create_batch", *chosen


def until(holds: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Poll until ``holds``; fail where the run ended before, or after the bound."""
    deadline = time.monotonic() + BOUND
    while not holds():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)


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


def left(place: Path) -> tuple[list[str], list[str]]:
    """Return the processes that the run left (after a bound), and the half and temporary files."""
    deadline = time.monotonic() + LEAVING
    while (processes := marked(str(place))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return processes, [str(path) for path in (*place.rglob("*.part"), *(place / "tmp").iterdir())]


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


def heeds_signals(pid: int) -> bool:
    """Tell whether a process catches SIGTERM by now (SigCgt, proc(5)): Python itself does not."""
    status = dict(line.split(":\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return bool(int(status["SigCgt"], 16) & 1 << (signal.SIGTERM - 1))


def history(place: Path) -> str:
    """Return what was seen so far."""
    path = place / "run" / "history.jsonl"
    return path.read_text() if path.exists() else ""


def starting(place: Path) -> bool:
    """Tell whether the service has been started."""
    return '"what":"started"' in history(place)


def references(place: Path) -> bool:
    """Tell whether a reference case is under way."""
    return '"kind":"sent"' in history(place)


def hanging(place: Path) -> bool:
    """Tell whether a call hangs at a double whose fault is armed."""
    return '"kind":"call-received"' in history(place).partition('"kind":"fault-armed"')[2]


def loading(place: Path) -> bool:
    """Tell whether the load generator has logged a request."""
    log = place / "run" / "load-1.jsonl"
    return log.exists() and log.stat().st_size > 0


def judging(place: Path) -> bool:
    """Tell whether the run itself is over."""
    run = place / "run" / "run.json"
    return run.exists() and '"state":"complete"' in run.read_text()


def writing(place: Path) -> bool:
    """Tell whether the run is judged and its reports are on their way."""
    return (place / "run" / "judgements.json").exists()
