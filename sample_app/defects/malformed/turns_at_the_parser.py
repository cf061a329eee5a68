"""A turn at the parser is given back when the document was read, and not when it could not be.

Family: malformed-payload. Found by: MC09 (unharmed-after; many bad messages then a valid one on the same worker).
In real life: large documents were parsed eight at a time to bound the memory. Every broken one took a turn with it;
eight typing errors after a deployment the worker answered nothing but 503, and the balancer found it healthy.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from sample_app.defects.kind import Defect
from sample_app.ingress.strict_json import Parse
from sample_app.parts import Parts
from sample_app.problems import RETRY_SOON, Problem
from sample_app.records import JsonValue
from sample_app.settings import Settings
from sample_app.store.database import Database

TURNS = 8  # documents parsed at a time
PATIENCE = 0.02  # seconds for which a document waits for its turn


def in_turn(parse: Parse) -> Parse:
    """Bound the memory: no more than so many documents are parsed at a time."""
    turns = threading.BoundedSemaphore(TURNS)

    def parse_in_turn(body: bytes) -> JsonValue:
        """Wait for a turn, then parse."""
        if not turns.acquire(timeout=PATIENCE):
            raise Problem("storage-unavailable", "too many documents at a time", headers=RETRY_SOON)
        document = parse(body)
        turns.release()
        return document

    return parse_in_turn


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Parse in turn."""
    return replace(parts, parse=in_turn(parts.parse))


TURNS_AT_THE_PARSER = Defect(
    name="turns-at-the-parser",
    family="malformed-payload",
    entry="MC09",
    check="unharmed-after",
    combination=True,
    story="Documents were parsed eight at a time to bound the memory, and each broken one took a turn with it. Eight "
    "typing errors later the worker answered 503, and its health check was green.",
    install=install,
)
