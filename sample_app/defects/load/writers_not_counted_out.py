"""A request that finds its event finished or at work keeps its place among the writers.

Family: load. Found by: L10 (no-errors-under-load).
In real life: the number of writers was bounded to spare the database. A mobile client's library repeated one request
in five; each repeat took a place for good, and by noon the service refused everybody, with a database that had
nothing to do.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Answer, Claim, Started, Verdict
from sample_app.settings import Settings
from sample_app.store.database import Database, StorageUnavailable

WRITERS = 4  # in one worker: one for each of its threads


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Bound the writers."""
    writers = threading.BoundedSemaphore(WRITERS)

    def begin(claim: Claim) -> Verdict:
        """Take a place, then the event; a place that led to nothing is free again."""
        if not writers.acquire(timeout=settings.storage_wait):
            raise StorageUnavailable("as many writers as allowed are at work")
        try:
            return parts.begin(claim)
        except StorageUnavailable:
            writers.release()
            raise

    def complete(started: Started, answer: Answer) -> None:
        """Finish the event and make room; where that fails, the release that follows does."""
        parts.complete(started, answer)
        writers.release()

    def release(started: Started) -> None:
        """Give the event back and make room."""
        try:
            parts.release(started)
        finally:
            writers.release()

    return replace(parts, begin=begin, complete=complete, release=release)


WRITERS_NOT_COUNTED_OUT = Defect(
    name="writers-not-counted-out",
    family="load",
    entry="L10",
    check="no-errors-under-load",
    combination=True,
    story="Writers were bounded to spare the database, and a repeated request never gave its place back. By noon the "
    "service refused everybody, with a database that had nothing to do.",
    install=install,
)
