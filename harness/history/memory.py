"""A recorder that keeps its events in a list: for tests and for judging while a run goes on."""

from __future__ import annotations

import threading
from collections import Counter

from harness.clock import SystemClock
from harness.model.events import Event, Happening
from harness.model.seams import Clock


class MemoryRecorder:
    """Keeps every event in ``events``, in the order recorded. Safe to call from any thread."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.events: list[Event] = []
        self._clock = clock or SystemClock()
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def record(self, source: str, what: Happening, at: int | None = None) -> Event:
        """Append ``what``; ``at`` None means now."""
        with self._lock:
            self._counts[source] += 1
            moment = self._clock.now() if at is None else at
            event = Event(source=source, count=self._counts[source], at=moment, what=what)
            self.events.append(event)
        return event
