"""One thread of each worker is kept free by counting who is inside; who is refused is counted in and never out.

Family: load. Found by: L03 (recovers-under-load).
In real life: the bound kept the health check fast in every test. After the first surge each worker believed for ever
that it was full, and the balancer, whose health check was fast, kept sending it everything.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from flask import Flask, Response, request

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.problems import RETRY_SOON, Problem
from sample_app.settings import Settings
from sample_app.store.database import Database

MOST = 3  # of a worker's four threads


@dataclass(slots=True)
class Inside:
    """How many requests are inside this worker."""

    count: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    def enter(self) -> None:
        """Come in, or be told that it is full."""
        if request.method != "POST":
            return
        with self.guard:
            self.count += 1
            full = self.count > MOST
        if full:
            raise Problem("storage-unavailable", "too many requests at once", headers=RETRY_SOON)

    def leave(self, response: Response) -> Response:
        """Go out; who was refused was never inside."""
        if request.method == "POST" and response.status_code != 503:
            with self.guard:
                self.count -= 1
        return response


def bounded(app: Flask) -> None:
    """Put the bound at the door."""
    inside = Inside()
    app.before_request(inside.enter)
    app.after_request(inside.leave)


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Keep a thread free."""
    return replace(parts, extend=bounded)


ONE_THREAD_FREE = Defect(
    name="one-thread-free",
    family="load",
    entry="L03",
    check="recovers-under-load",
    combination=True,
    story="A bound kept one thread of each worker free for health checks; who was refused was counted in and never "
    "out. After the first surge each worker believed for ever that it was full.",
    install=install,
)
