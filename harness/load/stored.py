"""What a load was answered so far, for the part of it that reads back what others just stored."""

from __future__ import annotations

import json
from random import Random

NEWEST = 0.5
"""The share of the reads that ask for what was stored last; the others ask for anything stored before."""


class Stored:
    """The accepted events of a load with the JSON that they were answered."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._kept: list[tuple[int, object]] = []

    def note(self, event: int, body: bytes) -> None:
        """Keep what ``event`` was answered; a body that is not JSON names nothing to read."""
        try:
            self._kept.append((event, json.loads(body)))
        except (ValueError, RecursionError):
            return

    def one(self) -> tuple[int, object] | None:
        """Return an event and its answer; None where nothing was accepted yet."""
        if not self._kept:
            return None
        return self._kept[-1] if self._random.random() < NEWEST else self._random.choice(self._kept)
