"""How long the disk takes: told by a page that is kept again and again."""

from __future__ import annotations

import time
from pathlib import Path

from harness.probes.beside import beside
from harness.probes.disk import SyncMeter
from harness.probes.neighbours import NOT_KNOWN


def _told(meter: SyncMeter) -> float:
    """Return the first time that the meter tells, or what it says after five seconds."""
    deadline = time.monotonic() + 5
    while not (told := meter.slowest()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return told


def test_a_write_takes_time_and_is_told_once(tmp_path: Path) -> None:
    """A disk that works gives a time above nothing; what was told is not told again."""
    meter = SyncMeter(tmp_path)
    with beside(meter.work):
        told = _told(meter)
    assert 0 < told < 5
    meter.slowest()
    assert meter.slowest() == 0


def test_a_disk_that_refuses_is_not_known(tmp_path: Path) -> None:
    """A directory that is gone gives no number that could be taken for a fast disk."""
    meter = SyncMeter(tmp_path / "gone")
    with beside(meter.work):
        assert _told(meter) == NOT_KNOWN
