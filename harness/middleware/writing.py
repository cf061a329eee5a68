"""When a capture is written, and that it never harms the service: aside, seldom, and every failure counted."""

from __future__ import annotations

import _thread
import atexit
import logging
import os
import threading
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.middleware.files import Shelf
from harness.middleware.ring import Exchange, Ring
from harness.middleware.wording import Wording

_LOG = logging.getLogger("harness.middleware")
_LOOK = 0.02
"""Seconds between two looks for what is still at work."""

_LAST_WAIT = 3.0
"""Seconds that the end of the process waits for a capture that is being written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What came of it: captures ``written``, errors ``left_out`` for their number, ``failures`` of the recording.

    ``unseen`` requests found no room in memory.
    """

    written: int
    left_out: int
    failures: int
    unseen: int


class Scribe:
    """Writes captures of ``ring`` onto ``shelf``."""

    def __init__(self, ring: Ring, shelf: Shelf, wording: Wording, *, every: float, linger: float) -> None:
        self._ring = ring
        self._shelf = shelf
        self._wording = wording
        self._every = every
        self._linger = linger
        self._lock = threading.Lock()
        self._writing = 0
        self._next = 0.0
        self._written = self._left_out = self._failures = 0
        self._told_left_out = 0
        itself = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _in_child(itself))
        atexit.register(_at_exit, itself)

    def counts(self) -> Counts:
        """Return what came of it so far."""
        return Counts(written=self._written, left_out=self._left_out, failures=self._failures, unseen=self._ring.unseen)

    def failed(self, error: BaseException) -> None:
        """Count a failure of ours; the first one is logged."""
        self._failures += 1
        if self._failures == 1:
            _LOG.warning(
                "the recording of requests failed: told once, counted from now on; the service goes on: %s: %s",
                type(error).__name__,
                error,
            )

    def write_soon(self, failed: Exchange) -> None:
        """Write aside what is held now, unless one is being written or the last one is too near; that is counted."""
        with self._lock:
            now = time.monotonic()
            if self._writing or now < self._next:
                self._left_out += 1
                return
            self._writing += 1
            self._next = now + self._every
        seen = self._ring.seen()
        cause = failed.raised or str(failed.status)
        told = f"written because {failed.method} {failed.target.partition('?')[0]} ended in {cause}"
        aside = threading.Thread(target=self._patiently, args=(seen, told), name="harness.middleware", daemon=True)
        try:
            aside.start()
        except RuntimeError as error:  # no thread is to be had
            self._done()
            self.failed(error)

    def write_aside(self, told: str) -> None:
        """Write aside what is held now. Safe in the handler of a signal: it takes no lock that its thread may hold."""
        _thread.start_new_thread(self.write, (told,))

    def write(self, told: str) -> Path | None:
        """Write what is held now; None where that failed, which is counted."""
        with self._lock:
            self._writing += 1
        return self._put(self._ring.seen(), told)

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is being written; return whether that came about in time."""
        end = time.monotonic() + seconds
        while self._writing and time.monotonic() < end:
            time.sleep(_LOOK)
        return not self._writing

    def after_fork(self) -> None:
        """Begin anew in a child: no thread of the parent writes here, and none holds the lock."""
        self._lock = threading.Lock()
        self._writing = 0
        self._ring.after_fork()

    def _patiently(self, seen: Sequence[Exchange], told: str) -> None:
        """Give what is still at work a moment, then write."""
        end = time.monotonic() + self._linger
        while time.monotonic() < end and not all(exchange.ended for exchange in seen):
            time.sleep(_LOOK)
        self._put(seen, told)

    def _put(self, seen: Sequence[Exchange], told: str) -> Path | None:
        try:
            left_out = self._left_out - self._told_left_out
            data = self._wording.written(seen, left_out=left_out, unseen=self._ring.unseen)
            path = self._shelf.put(data)
            self._written += 1
            self._told_left_out += left_out
        except Exception as error:  # noqa: BLE001 - a full disk, a secret that is left: the service goes on
            self.failed(error)
            return None
        else:
            _LOG.info("%s: %s", path, told)
            return path
        finally:
            self._done()

    def _done(self) -> None:
        with self._lock:
            self._writing -= 1


def _in_child(scribe: weakref.ref[Scribe]) -> None:
    found = scribe()
    if found is not None:
        found.after_fork()


def _at_exit(scribe: weakref.ref[Scribe]) -> None:
    """Give a capture that is being written a moment before the process ends."""
    found = scribe()
    if found is not None:
        found.wait(_LAST_WAIT)
