"""What it costs to start: the CPU of a whole command, as a multiple of a Python that does nothing, in turns."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from harness.history.seal import finish, seal_report
from harness.model.codec import to_json
from tests.bench.pairs import cost, ratio, rounds
from tests.prove.rows import Row
from tests.unit.report.made import RUN, good_report

ROUNDS, EACH = 11, 3
BARE = "python -c pass"
BOUNDS: Mapping[str, int] = {"harness --help": 10, "harness run --help": 10, "harness report": 60}
"""How many times the CPU of a bare Python a command may cost at most."""


def measured() -> list[Row]:
    """Measure commands that start no service; the run that is rendered is a small one."""
    with tempfile.TemporaryDirectory() as directory:
        keep_run(Path(directory))
        commands = {
            BARE: ("-c", "pass"),
            "harness --help": ("-m", "harness", "--help"),
            "harness run --help": ("-m", "harness", "run", "--help"),
            "harness report": ("-m", "harness", "report", directory),
        }
        acts = {name: partial(carried_out, words) for name, words in commands.items()}
        seconds = rounds(acts, each=EACH, count=ROUNDS, clock=children)
    ratios = [held(ratio(f"{name} against {BARE}", seconds[name], seconds[BARE]), BOUNDS[name]) for name in BOUNDS]
    return [cost(BARE, seconds[BARE]), *ratios]


def keep_run(directory: Path) -> None:
    """Lay out what ``harness report`` reads of a finished run."""
    finish(directory, RUN)
    (directory / "report.json").write_text(to_json(good_report()), encoding="utf-8")
    seal_report(directory)


def carried_out(words: tuple[str, ...], times: int) -> None:
    """Carry out a command in a process of its own; CalledProcessError where it does not end with 0."""
    for _ in range(times):
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)


def children() -> float:
    """Return the seconds of CPU of all processes that this one started and saw the end of."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def held(row: Row, bound: int) -> Row:
    """Return the row with the bound on its value, in the row's unit."""
    return replace(row, bound=f"at most {bound}", holds=row.value <= bound)
