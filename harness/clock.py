"""The real clock and a public fake for tests."""

from __future__ import annotations

import time

SECOND = 1_000_000_000
"""Nanoseconds in a second."""


class SystemClock:
    """The machine's monotonic clock."""

    def now(self) -> int:
        """Return nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share."""
        return time.monotonic_ns()

    def sleep(self, seconds: float) -> None:
        """Wait ``seconds``."""
        time.sleep(seconds)


class FakeClock:
    """A clock that moves only when someone sleeps; starts at ``start`` nanoseconds."""

    def __init__(self, start: int = 0) -> None:
        self.time = start

    def now(self) -> int:
        """Return the fake time in nanoseconds."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move the fake time on by ``seconds``."""
        self.time += round(seconds * SECOND)
