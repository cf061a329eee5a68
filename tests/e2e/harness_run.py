"""Runs the command line as a user does, in a process of its own, and reads what it left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.model.codec import from_json
from harness.report.format import Report

ROOT = Path(__file__).parents[2]
PATIENCE = 240.0
"""Seconds after which a run counts as hanging."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    exit: int
    out: str
    err: str
    directory: Path

    @property
    def report(self) -> Report:
        """The report that the run wrote."""
        return from_json(Report, (self.directory / "report.json").read_bytes())


def command(
    *arguments: str, env: dict[str, str] | None = None, directory: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run ``harness`` with ``arguments`` in ``directory``; colour off, output captured."""
    return subprocess.run(
        [sys.executable, "-m", "harness", *arguments],
        cwd=directory,
        env={**os.environ, "NO_COLOR": "1", **(env or {})},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def run(out: Path, *arguments: str, env: dict[str, str] | None = None) -> Ended:
    """Run ``harness run --out OUT`` with more ``arguments`` on the sample app.

    Nothing is shrunk and no case carried out again unless they say so.
    """
    plain = [word for option in ("--shrink", "--reruns") if option not in arguments for word in (option, "0")]
    done = command("run", "--out", str(out), *plain, *arguments, env=env)
    return Ended(exit=done.returncode, out=done.stdout, err=done.stderr, directory=out)
