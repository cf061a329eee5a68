"""The seams: what the rooms take as an argument so that tests can hand them something else."""

from __future__ import annotations

from typing import Protocol

from harness.model.events import Event, Happening


class Recorder(Protocol):
    """Writes down what a room saw. Safe to call from any thread."""

    def record(self, source: str, what: Happening, at: int | None = None) -> Event:
        """Append ``what`` as seen by ``source`` at ``at`` (monotonic nanoseconds; None: now)."""
        ...


class Clock(Protocol):
    """Monotonic time and waiting."""

    def now(self) -> int:
        """Return nanoseconds of the machine's monotonic clock."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait ``seconds``."""
        ...
