"""Entries are handed to a thread that sends them one after the other; the caller is told 201 at once.

Family: load. Found by: L13 (exact-effects-under-load).
In real life: the ledger's 100 ms were taken out of the request, and the queue was always empty when anybody looked.
Each deployment at noon ended the workers in good order, their queues with them, and nobody knew which entries had
stood there.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field, replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure
from sample_app.outbound.deadline import Deadline
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database

SPACING = 0.03  # seconds between two entries of a worker, as the ledger's team asked
PAUSE = 0.1  # seconds after a failure
SECONDS = 1.0  # for one entry; its caller has been answered

Work = tuple[StoredBatch, bytes, Context]


@dataclass(slots=True)
class Sender:
    """Sends entries in the order in which they came; its thread starts with the first one, after any fork."""

    emit: Emit
    waiting: queue.SimpleQueue[Work] = field(default_factory=queue.SimpleQueue)
    starting: threading.Lock = field(default_factory=threading.Lock)
    started: bool = False

    def take(self, batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Take an entry; it is on its way as soon as those before it are."""
        self.waiting.put((batch, entry, context))
        with self.starting:
            if not self.started:
                self.started = True
                threading.Thread(target=self.run, name="sender", daemon=True).start()

    def run(self) -> None:
        """Send what comes; what fails comes again, behind the others."""
        while True:
            batch, entry, context = work = self.waiting.get()
            try:
                self.emit(batch, entry, replace(context, deadline=Deadline(SECONDS)))
            except LedgerFailure:
                time.sleep(PAUSE)
                self.waiting.put(work)
            time.sleep(SPACING)


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Send behind the caller's back."""
    return replace(parts, emit=Sender(emit=parts.emit).take)


EMITTED_BEHIND = Defect(
    name="emitted-behind",
    family="load",
    entry="L13",
    check="exact-effects-under-load",
    combination=True,
    story="The ledger's 100 ms were taken out of the request by a queue that was always empty when anybody looked. "
    "Each deployment at noon ended the workers in good order, their queues with them.",
    install=install,
)
