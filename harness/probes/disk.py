"""How long the disk takes to keep one page: a service that commits waits for it, and so does everybody beside it.

A shared disk that is flushing somebody's files makes each fsync(2) wait. The control keeps a page of its own over and
over, in the directory under which the instances keep their files, and tells the slowest.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from harness.clock import SECOND
from harness.probes.neighbours import NOT_KNOWN

EVERY = 0.05
"""Seconds between two writes: often enough to meet a stall, too seldom to be a load."""

_PAGE = b"\0" * 4096


class SyncMeter:
    """Keeps a page in ``directory`` again and again (:meth:`work`) and tells the slowest time (:meth:`slowest`)."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "disk-control"
        self._lock = threading.Lock()
        self._worst = 0
        self._begun = 0
        self._broken = False

    def work(self, over: threading.Event) -> None:
        """Write until ``over`` is set; a disk that refuses ends it, and nothing is known from then on."""
        try:
            with self._path.open("wb", buffering=0) as file:
                while not over.wait(EVERY):
                    self._begun = time.monotonic_ns()
                    os.pwrite(file.fileno(), _PAGE, 0)
                    os.fsync(file.fileno())
                    self._note(time.monotonic_ns() - self._begun)
        except OSError:
            self._broken = True

    def slowest(self) -> float:
        """Return the slowest write since the last call in seconds, one under way included; below 0: not known."""
        with self._lock:
            begun, worst, self._worst = self._begun, self._worst, 0
        if self._broken:
            return NOT_KNOWN
        under_way = time.monotonic_ns() - begun if begun else 0
        return max(worst, under_way) / SECOND

    def _note(self, took: int) -> None:
        with self._lock:
            self._worst, self._begun = max(self._worst, took), 0
