"""Routes that must stay fast while a dependency hangs, asked all through a case, each on its own new connection."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol

from harness.clock import SECOND
from harness.model.events import Watched
from harness.model.messages import Answer
from harness.model.seams import Clock, Recorder
from harness.model.services import Route
from harness.probes.beside import beside


class Fetches(Protocol):
    """The one thing of an instance that watching needs."""

    def fetch(self, route: Route, timeout: float) -> Answer | None:
        """Return the whole answer to ``route``, or None when none came in ``timeout`` seconds."""
        ...


def watching(
    instance: Fetches,
    routes: tuple[Route, ...],
    case: str,
    recorder: Recorder,
    clock: Clock,
    *,
    every: float = 0.1,
    timeout: float = 2.0,
) -> AbstractContextManager[None]:
    """Ask for each of ``routes`` every ``every`` seconds inside a ``with`` block and record how long it took.

    Each route has a thread and a source (``watch GET /healthz``) of its own, so one that hangs does not hide
    another. A probe without a whole answer within ``timeout`` seconds is recorded with status 0. Leaving the block
    waits for the probes under way: ``timeout`` seconds at most.
    """

    def probe(route: Route) -> None:
        start = clock.now()
        answer = instance.fetch(route, timeout)
        took = (clock.now() - start) / SECOND
        seen = Watched(case=case, route=str(route), status=answer.status if answer else 0, took=took)
        recorder.record(f"watch {route}", seen, at=start)

    def watch(route: Route, over: threading.Event) -> None:
        due = clock.now()
        while not over.is_set():
            probe(route)
            due = max(due + round(every * SECOND), clock.now())
            over.wait((due - clock.now()) / SECOND)

    return beside(*(partial(watch, route) for route in routes))
