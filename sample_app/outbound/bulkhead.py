"""A bulkhead: at most so many threads of a process are with one dependency, so that the others stay free.

Without it a dependency that hangs takes every thread, and with them health checks, reads, and requests that would
never have called it. Contract. Error: CallFailure ``full`` after a short wait for a place. The wait is for bursts: it
must be long against a call that goes well, and short against one that hangs.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import TypeVar

from sample_app.outbound.deadline import Deadline
from sample_app.outbound.failures import CallFailure

T = TypeVar("T")


class Bulkhead:
    """Room for ``places`` calls at a time; ``wait`` is the longest wait for a place, in seconds."""

    def __init__(self, *, places: int, wait: float) -> None:
        self._places = BoundedSemaphore(places)
        self._wait = wait

    def run(self, act: Callable[[], T], deadline: Deadline) -> T:
        """Act when there is a place."""
        if not self._places.acquire(timeout=min(self._wait, deadline.left())):
            raise CallFailure("full", "too many calls are under way")
        try:
            return act()
        finally:
            self._places.release()
