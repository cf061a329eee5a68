"""Where captures lie: a directory with a bound on number and bytes of its files, each of them whole or not there."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

_PATTERN = "capture-*.json"
_ABANDONED = 3600.0
"""Seconds after which a file that was never finished is cleared away: whoever wrote it is gone."""


class Shelf:
    """Keeps at most ``files`` captures of at most ``disk`` bytes in all; the oldest make way for a new one."""

    def __init__(self, directory: Path, files: int, disk: int) -> None:
        self._directory = directory
        self._files = files
        self._disk = disk

    def put(self, data: bytes) -> Path:
        """Write a capture; OSError where it cannot be written, or is larger than all that may lie here."""
        if len(data) > self._disk:
            raise OSError(f"a capture of {len(data):,} bytes is more than the {self._disk:,} bytes that may lie here")
        self._directory.mkdir(parents=True, exist_ok=True)
        self._make_room(len(data))
        now = datetime.now(UTC)
        name = f"capture-{now:%Y%m%dT%H%M%S.%f}Z-{os.getpid()}.json"
        unfinished = self._directory / f".{name}.unfinished"
        try:
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, self._directory / name)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        return self._directory / name

    def _make_room(self, size: int) -> None:
        """Clear away the oldest captures, until one of ``size`` bytes fits; other processes may do the same."""
        now = datetime.now(UTC).timestamp()
        for left in self._directory.glob(f".{_PATTERN}.unfinished"):
            if now - _stat(left)[0] > _ABANDONED:
                left.unlink(missing_ok=True)
        held = sorted(self._directory.glob(_PATTERN), key=lambda path: path.name)
        total = sum(_stat(path)[1] for path in held)
        while held and (len(held) >= self._files or total + size > self._disk):
            oldest = held.pop(0)
            total -= _stat(oldest)[1]
            oldest.unlink(missing_ok=True)


def _stat(path: Path) -> tuple[float, int]:
    """Return when a file was changed and its bytes; one that another process has just cleared away has none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return datetime.now(UTC).timestamp(), 0
    return found.st_mtime, found.st_size
