"""A connection to PostgreSQL that waits for its server for so long and no longer.

The server's own limits (``lock_timeout``, ``statement_timeout``) need a server that runs. One whose machine hangs, or
is gone after it has acknowledged a statement, answers nothing, and without this module a thread would wait for it for
hours. Error: OperationalError without SQLSTATE, as for any connection that broke, since it is closed then.
Imported only where PostgreSQL is used: the driver is optional.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg

R = TypeVar("R")
Waiting = Generator[Any, Any, R]  # psycopg's: asks for a socket to be ready, is told 0 now and then while it is not


class BoundedConnection(psycopg.Connection[Any]):
    """A connection of psycopg's; ``limit`` is the longest wait for one answer, in seconds."""

    limit: float

    def wait(self, gen: Waiting[R], *args: Any, **kwargs: Any) -> R:
        """Wait for the answer to a statement; psycopg waits here and nowhere else once it is connected."""
        return super().wait(self._ending(gen, time.monotonic() + self.limit), *args, **kwargs)

    def _ending(self, gen: Waiting[R], give_up: float) -> Waiting[R]:
        """Pass everything on, until the time is up."""
        ready = None
        while True:
            try:
                wish = gen.send(ready)
            except StopIteration as done:
                result: R = done.value
                return result
            ready = yield wish
            if not ready and time.monotonic() >= give_up:
                self.close()
                raise psycopg.OperationalError("the server did not answer in time")
