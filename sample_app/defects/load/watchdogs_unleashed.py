"""Each emission starts a timer that would tell of a slow ledger, and nobody takes the timer back.

Family: load. Found by: L01 (resources-return).
In real life: the warning was asked for after a slow night. A timer is a thread that waits its half minute whatever
becomes of the call: at 200 requests a second each worker held 6,000 threads, and the first that could not be started
was a customer's.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database

SLOW = 30.0  # seconds, after which somebody should know


def watched(emit: Emit) -> Emit:
    """Wrap the emission so that a call which hangs is told before anybody complains."""
    log = logging.getLogger(__name__)

    def emit_watched(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send with a watchdog beside."""
        watchdog = threading.Timer(SLOW, log.warning, ("entry of batch %s takes long", batch.id))
        watchdog.daemon = True  # it keeps no process from ending
        watchdog.start()
        emit(batch, entry, context)

    return emit_watched


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Watch the emission."""
    return replace(parts, emit=watched(parts.emit))


WATCHDOGS_UNLEASHED = Defect(
    name="watchdogs-unleashed",
    family="load",
    entry="L01",
    check="resources-return",
    combination=False,
    story="A timer was to tell of a slow ledger, and nobody took it back. At 200 requests a second each worker held "
    "6,000 threads, and the first that could not be started was a customer's.",
    install=install,
)
