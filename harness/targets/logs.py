"""What the service writes: its two streams lie in files, and are read from there without disturbing it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from harness.model.events import LogLine
from harness.model.seams import Recorder

MOST = 1 << 18
"""Bytes of one stream that a single reading records: a service that floods its log must not fill the history."""

_TAIL = 1 << 15
_SHOWN = 60
_ALL = 1000
RAISED = re.compile(r"^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?:Error|Exception|Exit|Interrupt|NotFound|Warning)\b(?::.*)?$")
"""The last line of a traceback: the exception, and mostly what it says."""
_TOLD_BY_GUNICORN = re.compile(
    r"Failed to (?:find attribute|find application object|parse) .*"
    r"|Function reference must be a simple name: .*|Application object must be callable\."
)
_TOLD_BY_WAITRESS = re.compile(
    r"There was an exception \((\w+)\) importing your module\.\s+[^\n]*arguments:\s+1\. ([^\n]*)"
)


class LogReader:
    """Reads new whole lines of one stream, of a flood the last :data:`MOST` bytes.

    ``stream`` is ``stdout`` or ``stderr``.
    """

    def __init__(self, path: Path, stream: str, source: str) -> None:
        self.path = path
        self._stream, self._source = stream, source
        self._offset = 0

    def read(self, recorder: Recorder) -> None:
        """Record each line that was completed since the last call; bytes that are not UTF-8 show as U+FFFD.

        What is left out of a flood is told by a line of its own, in place of it.
        """
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                self._offset = self._offset if self._offset <= size else 0  # cut: what is there now was not read yet
                flood = max(0, size - self._offset - MOST)
                self._offset = file.seek(self._offset + flood)
                data = file.read(MOST)
        except FileNotFoundError:
            return
        if flood:
            told = f"[{flood:,} bytes that the service wrote here were left out]"
            recorder.record(self._source, LogLine(stream=self._stream, text=told))
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.split(b"\n")[:-1]:
            text = line.decode("utf-8", "replace").rstrip("\r")
            recorder.record(self._source, LogLine(stream=self._stream, text=text))


def tail(paths: tuple[Path, ...], lines: int = _SHOWN) -> str:
    """Return the last ``lines`` lines of each of ``paths`` that holds any, one after the other."""
    return "\n".join(text for path in paths if (text := "\n".join(_last(path)[-lines:])))


def mentions(paths: tuple[Path, ...], pid: int, lines: int = 3) -> str:
    """Return the last few lines that name process ``pid``, joined by `` | ``; empty where there is none."""
    named = re.compile(rf"\b{pid}\b")
    found = [line.strip() for path in paths for line in _last(path) if named.search(line)]
    return " | ".join(found[-lines:])


def cause(paths: tuple[Path, ...]) -> str:
    """Return the last line of the logs that names an exception; empty: none."""
    return raised(tail(paths, _ALL))


def raised(text: str) -> str:
    """Return the last line of ``text`` that names an exception, as a traceback ends with it; empty: none.

    Of an application that is not there gunicorn and waitress show no traceback but words of their own: gunicorn's
    are returned as they stand, from those of waitress the same line is made.
    """
    lines = [line.strip() for line in text.splitlines()]
    found = next((line for line in reversed(lines) if RAISED.match(line) or _TOLD_BY_GUNICORN.fullmatch(line)), "")
    told = _TOLD_BY_WAITRESS.search(text)
    return found or (f"{told[1]}: {told[2]}" if told else "")


def _last(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            return file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
