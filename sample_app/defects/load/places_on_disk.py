"""Places at the ledger are files that all workers share, and the places of a worker that was killed stay taken.

Family: load. Found by: L12 (recovers-under-load).
In real life: the ledger's licence allowed few calls at a time, whatever the number of workers. Each kill for want of
memory took a place for good; after a quarter none was left, on a Sunday, and a restart did not help because the files
were still there.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database

PLACES = 2  # at a time, over all workers, as licensed
PATIENCE = 0.1  # seconds
LOOK = 0.01  # seconds between two looks


def take(room: Path) -> Path | None:
    """Take a free place; creating a file that must not exist is atomic (open(2), O_EXCL). None: none is free."""
    for number in range(PLACES):
        place = room / f"place-{number}"
        try:
            place.touch(exist_ok=False)
        except FileExistsError:
            continue
        return place
    return None


def waited_for(room: Path) -> Path:
    """Take a place, waiting for one within PATIENCE."""
    give_up = time.monotonic() + PATIENCE
    while (place := take(room)) is None:
        if time.monotonic() > give_up:
            raise LedgerFailure("full", "as many calls as licensed are under way")
        time.sleep(LOOK)
    return place


def licensed(emit: Emit, room: Path) -> Emit:
    """Wrap the emission so that all workers together keep within the licence."""

    def emit_in_place(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send from a place of our own, and leave it whatever happens."""
        room.mkdir(exist_ok=True)
        place = waited_for(room)
        try:
            emit(batch, entry, context)
        finally:
            place.unlink(missing_ok=True)

    return emit_in_place


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Keep the licence; workers of one service share its database, so its address names the room."""
    room = Path(tempfile.gettempdir()) / f"ledger-{uuid5(NAMESPACE_URL, settings.database_url)}"
    return replace(parts, emit=licensed(parts.emit, room))


PLACES_ON_DISK = Defect(
    name="places-on-disk",
    family="load",
    entry="L12",
    check="recovers-under-load",
    combination=True,
    story="Files counted the calls of all workers, as licensed. Each worker that was killed for want of memory took "
    "its places with it; after a quarter none was left, and a restart did not help.",
    install=install,
)
