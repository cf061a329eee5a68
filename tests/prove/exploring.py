"""Every property with other examples than those of every day, which are the same each time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence

from tests.prove.rows import ROOT, Row
from tests.prove.tables import ratio

FAST = "not server and not alone and not prove and not browser"


def properties() -> list[str]:
    """Return the files of tests that draw examples."""
    found = (file for file in sorted((ROOT / "tests").rglob("test_*.py")) if "@given(" in file.read_text("utf-8"))
    return [str(file.relative_to(ROOT)) for file in found]


def explored(rounds: int) -> Iterator[str]:
    """Draw examples anew, so many times over; yield what each round complained of, empty: nothing."""
    for seed in range(1, rounds + 1):
        options = ("-q", "-p", "no:randomly", "-n", "2", "-m", FAST, "--hypothesis-seed", str(seed))
        command = [sys.executable, "-m", "pytest", *options, *properties()]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        yield "" if done.returncode == 0 else done.stdout[-3000:]


def explored_rows(complaints: Sequence[str]) -> list[Row]:
    """Count the rounds in which a property failed."""
    name = f"rounds of other examples in which one of {len(properties())} files of properties failed"
    return [ratio(name, sum(map(bool, complaints)), len(complaints), bound="0")]
