"""A clock that tests move by hand, and a sleep that moves it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Clockwork:
    """Time in seconds from an arbitrary moment; ``naps`` are the sleeps so far."""

    now: float = 0.0
    naps: list[float] = field(default_factory=list)

    def time(self) -> float:
        """Tell the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.naps.append(round(seconds, 6))
        self.now += seconds
