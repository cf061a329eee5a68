"""What was answered in a search, a line each, so that one which was ended goes on where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from harness.model.codec import from_json, to_json
from harness.model.errors import UsageError
from harness.model.records import record

Stretch = Literal["search", "last"]
"""What an answer was asked for: on the way down, or of the last things left."""


@record
class Line:
    """One answer: whether the case with this digest shows the finding of this fingerprint."""

    format: Literal[1] = 1
    fingerprint: str
    stretch: Stretch
    case: str
    shows: bool


class Journal:
    """The answers about one finding, in memory and, where there is a ``file``, in it as soon as they are given.

    A line that was cut, or that is about another finding, is as if it were not there.
    """

    def __init__(self, fingerprint: str, file: Path | None) -> None:
        self._fingerprint = fingerprint
        self._file = file
        self.search: dict[str, bool] = {}
        self.last: dict[str, bool] = {}
        for line in _lines(file):
            if line.fingerprint == fingerprint:
                self.known(line.stretch)[line.case] = line.shows

    def known(self, stretch: Stretch) -> dict[str, bool]:
        """Return the answers of a stretch by the digests of their cases."""
        return self.search if stretch == "search" else self.last

    def add(self, stretch: Stretch, case: str, *, shows: bool) -> None:
        """Keep an answer; UsageError where its line cannot be written."""
        self.known(stretch)[case] = shows
        if self._file is None:
            return
        line = Line(fingerprint=self._fingerprint, stretch=stretch, case=case, shows=shows)
        try:
            with self._file.open("a", encoding="utf-8") as out:
                out.write(to_json(line) + "\n")
        except OSError as error:
            raise UsageError(f"{self._file} cannot be written: {error.strerror}") from error

    def forget(self) -> None:
        """Take the file away: the search came to its end, and nothing is left to go on with."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)


def _lines(file: Path | None) -> list[Line]:
    try:
        texts = file.read_text(encoding="utf-8", errors="replace").splitlines() if file else []
    except OSError:
        return []
    found = []
    for text in texts:
        try:
            found.append(from_json(Line, text))
        except ValueError:
            continue
    return found
