"""The per-request log: one JSON line per :class:`LoadRequest` in order of completion, then the trailer."""

from __future__ import annotations

from pathlib import Path

from harness.load.job import Trailer
from harness.model.codec import from_json
from harness.model.errors import RunDirectoryError
from harness.model.events import LoadRequest

_TRAILER = b'{"kind":"trailer"'


def read_log(path: Path) -> tuple[LoadRequest, ...]:
    """Return the requests of the log at ``path`` in order of completion.

    A last line without its end is left out: the log was cut there, which the count of
    :class:`~harness.model.events.LoadRan` shows. RunDirectoryError where a whole line is not a request.
    """
    requests = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.startswith(_TRAILER):
            requests.append(_request(path, number, line))
    return tuple(requests)


def read_trailer(path: Path) -> Trailer | None:
    """Return what the log at ``path`` ends with; None where it was cut short."""
    lines = _lines(path)
    if not lines or not lines[-1].startswith(_TRAILER):
        return None
    return from_json(Trailer, lines[-1])


def _lines(path: Path) -> list[bytes]:
    """Return the whole lines of the log; none where there is no log."""
    data = path.read_bytes() if path.exists() else b""
    return data.split(b"\n")[:-1]


def _request(path: Path, number: int, line: bytes) -> LoadRequest:
    try:
        return from_json(LoadRequest, line)
    except ValueError as error:
        raise RunDirectoryError(f"{path}:{number}: {error}. The log was changed or damaged after the run.") from error
