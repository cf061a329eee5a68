"""Entries wait in a bounded deque for the thread that sends them; what does not fit falls out at the other end.

Family: load. Found by: L11 (exact-effects-under-load).
In real life: a bound is good practice, and a worker has four threads, so four entries were the most that could wait;
but whoever is answered at once comes back with the next. ``deque(maxlen=...)`` drops its oldest without a word. The
ledger hung for a minute, and four entries of each worker were booked.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure
from sample_app.outbound.deadline import Deadline
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database

PAUSE = 0.1  # seconds after a failure
SECONDS = 1.0  # for one entry; its caller has been answered
MOST = 4  # entries that wait: one for each thread

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
        """Send what comes; what fails comes again, before the others."""
        while True:
            with self.changed:
                self.changed.wait_for(lambda: bool(self.waiting))
                work = self.waiting.popleft()
            while not self.sent(work):
                time.sleep(PAUSE)

    def sent(self, work: Work) -> bool:
        """Send an entry within a deadline of its own, and tell whether it is booked."""
        batch, entry, context = work
        try:
            self.emit(batch, entry, replace(context, deadline=Deadline(SECONDS)))
        except LedgerFailure:
            return False
        return True


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Send from an outbox."""
    return replace(parts, emit=Outbox(emit=parts.emit).take)


THE_LAST_FOUR = Defect(
    name="the-last-four",
    family="load",
    entry="L11",
    check="exact-effects-under-load",
    combination=True,
    story="The outbox was bounded, as is good practice, by a deque that drops its oldest without a word. The ledger "
    "hung for a minute, and four entries of each worker were booked.",
    install=install,
)
