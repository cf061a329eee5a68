"""A key is reserved before its body is read, and only a request that gets as far as its claim gives it back.

Family: duplicate-event. Found by: D10 (key-not-locked; the first was invalid; again, and corrected).
In real life: copies of large bodies were all parsed before one of them won. The reservation spared that. A client that
was refused for a missing field corrected it at once and was told to wait; it waited until the next deployment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.problems import RETRY_SOON, Problem
from sample_app.records import Claim, Verdict
from sample_app.settings import Settings
from sample_app.store.claims import Begin
from sample_app.store.database import Database

ReadKey = Callable[[Mapping[str, Any]], str]


class Reservations:
    """Keys whose bodies are being read by a thread of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reserved: set[tuple[str, str]] = set()

    def take(self, version: str, key: str) -> bool:
        """Reserve a key; tell whether it was free."""
        with self._lock:
            free = (version, key) not in self._reserved
            self._reserved.add((version, key))
            return free

    def leave(self, version: str, key: str) -> None:
        """Give a key back: from here on its claim in the database stands for it."""
        with self._lock:
            self._reserved.discard((version, key))


def reserving(read_key: ReadKey, reservations: Reservations) -> ReadKey:
    """Build a step that lets one copy of a request through to the parser."""

    def reserve(environ: Mapping[str, Any]) -> str:
        """Read the key and reserve it."""
        key = read_key(environ)
        if not reservations.take(environ["PATH_INFO"].split("/")[1], key):
            raise Problem("in-flight", "try again when the first request has been answered", headers=RETRY_SOON)
        return key

    return reserve


def claiming(begin: Begin, reservations: Reservations) -> Begin:
    """Build a begin step that ends the reservation."""

    def claim_reserved(claim: Claim) -> Verdict:
        """Claim the key; whatever becomes of that, the body has been read."""
        try:
            return begin(claim)
        finally:
            reservations.leave(claim.batch.version, claim.key)

    return claim_reserved


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Reserve keys while bodies are read."""
    reservations = Reservations()
    return replace(parts, key=reserving(parts.key, reservations), begin=claiming(parts.begin, reservations))


RESERVED_KEYS = Defect(
    name="reserved-keys",
    family="duplicate-event",
    entry="D10",
    check="key-not-locked",
    combination=True,
    story="Copies of large bodies were all parsed before one won, and a reservation spared that. A client that was "
    "refused for a missing field corrected it, was told to wait, and waited until the next deployment.",
    install=install,
)
