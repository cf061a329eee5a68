"""Copies of a request queue behind a lock that is known in one process only.

Family: duplicate-event. Found by: D02 (one-effect-per-event; the same event at the same instant).
In real life: the test fired twenty threads at one key, and the lock held. Production has four workers: of two copies
of a request, three out of four pairs met in different processes, where each held the lock.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import replace

from sample_app.defects.duplicate.check_then_act import beginner, completer, releaser
from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.records import Answer, Claim, InFlight, Started, Verdict
from sample_app.settings import Settings
from sample_app.store.claims import Begin, Complete, Release
from sample_app.store.database import Database

PATIENCE = 1.0  # seconds that a copy waits for the one before it


class Queue:
    """One request at a time for each key: from its claim until its answer or its failure is stored."""

    def __init__(self, begin: Begin, complete: Complete, release: Release) -> None:
        self._begin, self._complete, self._release = begin, complete, release
        self._locks: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)

    def begin(self, claim: Claim) -> Verdict:
        """Wait for the key, then claim it."""
        lock = self._locks[claim.batch.version, claim.key]
        if not lock.acquire(timeout=PATIENCE):
            return InFlight()
        verdict: Verdict | None = None
        try:
            verdict = self._begin(claim)
        finally:
            if not isinstance(verdict, Started):
                lock.release()
        return verdict

    def complete(self, started: Started, answer: Answer) -> None:
        """Finish the event and let the next copy in."""
        self._complete(started, answer)
        self._locks[started.batch.version, started.key].release()

    def release(self, started: Started) -> None:
        """Give the event back and let the next copy in."""
        try:
            self._release(started)
        finally:
            self._locks[started.batch.version, started.key].release()


def install(parts: Parts, _settings: Settings, database: Database) -> Parts:
    """Queue the copies."""
    queue = Queue(beginner(database, parts.begin), completer(database), releaser(database))
    return replace(parts, begin=queue.begin, complete=queue.complete, release=queue.release)


LOCK_IN_PROCESS = Defect(
    name="lock-in-process",
    family="duplicate-event",
    entry="D02",
    check="one-effect-per-event",
    combination=True,
    story="The test fired twenty threads at one key, and the lock held. Production has four workers: three out of four "
    "pairs of copies met in different processes, where each held the lock.",
    install=install,
)
