"""The recorder that writes: each event one line of ``history.jsonl``, redacted first, in the order recorded."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from operator import is_not
from pathlib import Path
from typing import Any, Self, TypeVar

from harness.model.codec import to_json
from harness.model.errors import UnsavedError
from harness.model.events import Event, Happening
from harness.model.seams import Clock
from harness.redaction.redact import REDACTED, is_secret, redact_bytes, redact_headers, redact_text

Kept = TypeVar("Kept")

Secrets = tuple[str, ...]


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


def redacted(value: Kept, secrets: Secrets) -> Kept:
    """Return a record with the secrets in every message, header, example and log line of it replaced."""
    clean: Kept = _redacted("", value, secrets)
    return clean


def _redacted(name: str, value: Any, secrets: Secrets) -> Any:
    """Redact one value by the name of the field that holds it, going down into records and tuples."""
    if name in _BY_FIELD and value is not None:
        return _BY_FIELD[name](value, secrets)
    if isinstance(value, tuple):
        items = tuple(_redacted("", item, secrets) for item in value)
        return items if any(map(is_not, items, value)) else value
    if not is_dataclass(value) or isinstance(value, type):
        return value
    held = {field.name: getattr(value, field.name) for field in fields(value)}
    clean = {name: _redacted(name, part, secrets) for name, part in held.items()}
    changes = {name: part for name, part in clean.items() if part is not held[name]}
    return replace(value, **changes) if changes else value


def _json(value: object, secrets: Secrets) -> object:
    """Redact a JSON value: what stands under a secret name, and secrets inside strings."""
    if isinstance(value, dict):
        return {key: REDACTED if is_secret(key, secrets) else _json(child, secrets) for key, child in value.items()}
    if isinstance(value, list):
        return [_json(child, secrets) for child in value]
    return redact_text(value, secrets) if isinstance(value, str) else value


def _env(value: Mapping[str, str], secrets: Secrets) -> dict[str, str]:
    return {key: REDACTED if is_secret(key, secrets) else redact_text(text, secrets) for key, text in value.items()}


_BY_FIELD: dict[str, Callable[[Any, Secrets], Any]] = {
    "data": redact_bytes,
    "body": lambda value, secrets: redact_bytes(value, secrets) if isinstance(value, bytes) else value,
    "headers": redact_headers,
    "target": redact_text,
    "text": redact_text,
    "detail": redact_text,
    "json": _json,
    "env": lambda value, secrets: _env(value, secrets) if isinstance(value, Mapping) else value,
}
"""How to redact a field by its name; what is not named here holds no text of the service or its clients."""
