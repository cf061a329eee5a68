"""The one line that moves, on a terminal. rich is imported here and only when there is a terminal."""

from __future__ import annotations

from typing import Protocol, TextIO

from harness.report.pipes import while_read


class Live(Protocol):
    """A line at the bottom that is written over."""

    def show(self, line: str) -> None:
        """Replace the moving line."""
        ...

    def above(self, line: str) -> None:
        """Write a line that stays, above the moving one; it may hold our own colours."""
        ...

    def stop(self) -> None:
        """Take the moving line away."""
        ...


class _RichLine:
    """The moving line on rich's live display: it survives resizing and other writers."""

    def __init__(self, out: TextIO) -> None:
        from rich.console import Console  # imported late: a pipe and --help never pay for it
        from rich.status import Status
        from rich.text import Text

        self._text = Text
        self._out = out
        self._console = Console(file=out, highlight=False, markup=False, soft_wrap=True)
        self._status = Status(Text(""), console=self._console, spinner="dots")
        self._status.start()

    def show(self, line: str) -> None:
        """Replace the moving line."""
        with while_read(self._out):
            self._status.update(self._text(line))

    def above(self, line: str) -> None:
        """Write a line that stays."""
        with while_read(self._out):
            self._console.print(self._text.from_ansi(line))

    def stop(self) -> None:
        """Take the moving line away."""
        with while_read(self._out):
            self._status.stop()


def live(out: TextIO) -> Live:
    """Return the moving line of a terminal."""
    return _RichLine(out)
