"""Routes that must stay fast while a dependency hangs, asked all through a case, each on its own new connection."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Protocol, Self

from harness.clock import SECOND
from harness.model.events import Watched
from harness.model.messages import Answer
from harness.model.seams import Clock, Recorder
from harness.model.services import Route


class Fetches(Protocol):
    """The one thing of an instance that watching needs."""

    def fetch(self, route: Route, timeout: float) -> Answer | None:
        """Return the whole answer to ``route``, or None when none came in ``timeout`` seconds."""
        ...


class Watcher:
    """Asks for each of ``routes`` every ``every`` seconds inside a ``with`` block and records how long it took.

    Each route has a thread and a source (``watch GET /healthz``) of its own, so one that hangs does not hide
    another. A probe without a whole answer within ``timeout`` seconds is recorded with status 0. Leaving the block
    waits for the probes under way: ``timeout`` seconds at most.
    """

    def __init__(
        self,
        instance: Fetches,
        routes: tuple[Route, ...],
        case: str,
        recorder: Recorder,
        clock: Clock,
        *,
        every: float = 0.1,
        timeout: float = 2.0,
    ) -> None:
        self._instance, self._case = instance, case
        self._recorder, self._clock = recorder, clock
        self._every, self._timeout = every, timeout
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._watch, args=(route,), daemon=True) for route in routes]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _watch(self, route: Route) -> None:
        due = self._clock.now()
        while not self._over.is_set():
            self._probe(route)
            due = max(due + round(self._every * SECOND), self._clock.now())
            self._over.wait((due - self._clock.now()) / SECOND)

    def _probe(self, route: Route) -> None:
        start = self._clock.now()
        answer = self._instance.fetch(route, self._timeout)
        took = (self._clock.now() - start) / SECOND
        status = answer.status if answer is not None else 0
        seen = Watched(case=self._case, route=str(route), status=status, took=took)
        self._recorder.record(f"watch {route}", seen, at=start)
