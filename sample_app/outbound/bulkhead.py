"""A bulkhead: at most so many threads of a process are with one dependency, so that the others stay free.

Without it a dependency that hangs takes every thread, and with them health checks, reads, and requests that would
never have called it. Whoever finds no place waits while the calls under way are young: those that go well end soon, so
a burst is served; those that hang grow old, and then nobody waits for them. A fixed wait cannot do both: short, it
refuses a burst whenever the machine hiccups; long, the threads that it should keep free stand waiting all the time.
Error: CallFailure ``full``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic
from typing import TypeVar

from sample_app.outbound.deadline import Deadline
from sample_app.outbound.failures import CallFailure

T = TypeVar("T")


class Bulkhead:
    """Room for ``places`` calls at a time; a call is young for ``wait`` seconds."""

    def __init__(self, *, places: int, wait: float) -> None:
        self._places = places
        self._wait = wait
        self._left_one = Condition()
        self._began: list[float] = []  # when each call under way began, the youngest last

    def run(self, act: Callable[[], T], deadline: Deadline) -> T:
        """Act when there is a place."""
        with self._place(deadline):
            return act()

    @contextmanager
    def _place(self, deadline: Deadline) -> Iterator[None]:
        """Take a place, and give it back."""
        with self._left_one:
            while len(self._began) >= self._places:
                patience = min(self._began[-1] + self._wait - monotonic(), deadline.left())
                if patience <= 0:
                    raise CallFailure("full", "too many calls are under way")
                self._left_one.wait(patience)
            began = monotonic()
            self._began.append(began)
        try:
            yield
        finally:
            with self._left_one:
                self._began.remove(began)
                self._left_one.notify()
