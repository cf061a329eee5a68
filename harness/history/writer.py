"""The recorder that writes: each event one line of ``history.jsonl``, redacted first, in the order recorded."""

from __future__ import annotations

import os
import threading
from collections import Counter
from pathlib import Path
from typing import Self

from harness.model.codec import to_json
from harness.model.errors import UnsavedError
from harness.model.events import Event, Happening
from harness.model.seams import Clock
from harness.redaction.records import Secrets, redacted


class HistoryWriter:
    """Appends events to a file as they are recorded. Safe to call from any thread.

    A full disk is told by UnsavedError from :meth:`take`; the events recorded until then are on disk.
    """

    def __init__(self, path: Path, *, clock: Clock, secrets: Secrets = ()) -> None:
        try:
            self._file = path.open("ab", buffering=0)
        except OSError as error:
            raise UnsavedError(f"{path} cannot be written: {error.strerror}") from error
        self._path = path
        self._clock = clock
        self._secrets = secrets
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._fresh: list[Event] = []
        self._broken: OSError | None = None

    def record(self, source: str, what: Happening, at: int | None = None) -> Event:
        """Append ``what`` as seen by ``source``; ``at`` None means now."""
        clean = redacted(what, self._secrets)
        with self._lock:
            moment = self._clock.now() if at is None else at
            event = Event(source=source, count=self._counts[source] + 1, at=moment, what=clean)
            self._write(to_json(event) + "\n")
            # Counted once it is written: an interrupt on the way must not leave a gap that later events show.
            self._counts[source] = event.count
            self._fresh.append(event)
        return event

    def take(self) -> tuple[Event, ...]:
        """Return the events recorded since the last call; UnsavedError when they are not in the file."""
        with self._lock:
            events, self._fresh = tuple(self._fresh), []
            broken = self._broken
        if broken is not None:
            raise UnsavedError(f"{self._path} cannot be written any further: {broken.strerror}; the run ends here")
        if not os.fstat(self._file.fileno()).st_nlink:
            raise UnsavedError(f"{self._path} was removed while the run went on, and what was seen with it")
        return events

    def _write(self, line: str) -> None:
        """Write and hand to the system at once: a killed harness loses at most the line under way."""
        if self._broken is not None or self._file.closed:
            return
        left = memoryview(line.encode())
        try:
            while left:  # a disk that is nearly full takes a part, and says at the next try what it lacks
                left = left[self._file.write(left) :]
        except OSError as error:
            self._broken = error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._file.close()
