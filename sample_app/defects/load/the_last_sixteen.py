"""Entries wait in a bounded deque for the thread that sends them; what does not fit falls out at the other end.

Family: load. Found by: L03 (exact-effects-under-load).
In real life: a bound is good practice, and ``deque(maxlen=...)`` keeps it without a word: it drops the oldest. Ten
times the usual traffic after a push notification, and sixteen of each burst were booked.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database

PAUSE = 0.1  # seconds after a failure
MOST = 16  # entries that wait; more would only be memory

Work = tuple[StoredBatch, bytes, Context]


@dataclass(slots=True)
class Outbox:
    """Sends entries in the order in which they came, from one thread that starts with the first of them."""

    emit: Emit
    waiting: deque[Work] = field(default_factory=lambda: deque(maxlen=MOST))
    changed: threading.Condition = field(default_factory=threading.Condition)
    started: bool = False

    def take(self, batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Take an entry."""
        with self.changed:
            self.waiting.append((batch, entry, context))
            if not self.started:
                self.started = True
                threading.Thread(target=self.run, name="outbox", daemon=True).start()
            self.changed.notify()

    def run(self) -> None:
        """Send what comes; what fails comes again, behind the others."""
        while True:
            with self.changed:
                self.changed.wait_for(lambda: bool(self.waiting))
                work = self.waiting.popleft()
            try:
                self.emit(*work)
            except LedgerFailure:
                time.sleep(PAUSE)
                self.waiting.append(work)


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Send from an outbox."""
    return replace(parts, emit=Outbox(emit=parts.emit).take)


THE_LAST_SIXTEEN = Defect(
    name="the-last-sixteen",
    family="load",
    entry="L03",
    check="exact-effects-under-load",
    combination=True,
    story="The outbox was bounded, as is good practice, by a deque that drops its oldest without a word. Ten times "
    "the usual traffic after a push notification, and sixteen of each burst were booked.",
    install=install,
)
