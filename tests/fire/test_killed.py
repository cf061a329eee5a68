"""A run that is ended at a random moment of each of its phases leaves nothing running, nothing half and nothing lost."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from tests.fire.aftermath import complaints, killed
from tests.fire.shots import under_fire
from tests.fire.victim import (
    Moment,
    begun,
    end,
    hanging,
    heeds_signals,
    judging,
    loading,
    references,
    small_run,
    starting,
    until,
    writing,
)

pytestmark = pytest.mark.server

ENTRIES = {"hanging": ("D01", "T02"), "loading": ("D01", "L01")}
"""A few entries that lead through a phase soon."""
AFTER = {"loading": 1.0, "judging": 0.02, "writing": 0.02}
"""Seconds after the beginning of a phase within which its moment is drawn."""


@pytest.mark.parametrize(
    ("phase", "first"),
    [
        (references, signal.SIGINT),
        (hanging, signal.SIGINT),
        (writing, signal.SIGTERM),
        (starting, signal.SIGKILL),
        (references, signal.SIGKILL),
        (hanging, signal.SIGKILL),
        (loading, signal.SIGKILL),
        (judging, signal.SIGKILL),
    ],
)
def test_a_run_killed_in_any_phase(phase: Moment, first: signal.Signals, tmp_path: Path) -> None:
    """No orphan, no armed fault, no half file taken for a whole one; the next command says what was seen."""
    draw = random.Random(f"{phase.__name__} {first.name}")
    process = begun(tmp_path, *small_run(tmp_path, ENTRIES.get(phase.__name__, ("D01", "MJ06"))))
    until(lambda: phase(tmp_path), process)
    time.sleep(draw.uniform(0, AFTER.get(phase.__name__, 0.2)))
    code = killed(process, first) if first is signal.SIGKILL else end(process, first)
    assert complaints(tmp_path, first, code) == []


def test_a_run_killed_while_it_imports(tmp_path: Path) -> None:
    """Killed as soon as Python heeds us, nothing is left and no directory lies there."""
    process = begun(tmp_path, *small_run(tmp_path, ("D01",)))
    until(lambda: heeds_signals(process.pid), process)
    code = killed(process, signal.SIGKILL)
    assert (complaints(tmp_path, signal.SIGKILL, code), (tmp_path / "run").exists()) == ([], False)


@pytest.mark.prove
def test_a_run_killed_at_any_moment() -> None:
    """Fifty random moments of a whole run: there is nothing to complain of."""
    assert [(str(shot), found) for shot, found in under_fire(50, seed=1) if found] == []
