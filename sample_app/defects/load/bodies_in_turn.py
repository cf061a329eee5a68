"""Bodies are read one after the other, so that many large ones never fill the memory at once.

Family: load. Found by: L09 (no-errors-under-load).
In real life: sixty-four kilobytes come in a millisecond in the data centre. One importer on a train, with a body that
took a minute, held the turn of everybody else on its worker, and the health checks were as green as ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.parts import Environ, Parts
from sample_app.settings import Settings
from sample_app.store.database import Database


def in_turn(read: Callable[[Environ], bytes]) -> Callable[[Environ], bytes]:
    """Wrap the reading of a body so that one at a time is on its way into memory."""
    turn = threading.Lock()

    def read_in_turn(environ: Environ) -> bytes:
        """Wait for the turn, then read."""
        with turn:
            return read(environ)

    return read_in_turn


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Read in turn."""
    return replace(parts, body=in_turn(parts.body))


BODIES_IN_TURN = Defect(
    name="bodies-in-turn",
    family="load",
    entry="L09",
    check="no-errors-under-load",
    combination=True,
    story="Bodies were read one after the other to bound the memory. One importer on a train, with a body that took a "
    "minute, held the turn of everybody else on its worker.",
    install=install,
)
