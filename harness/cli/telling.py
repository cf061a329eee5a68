"""Where a command speaks: the moving line and the last screen, and the report in one form for machines."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.report.terminal import Terminal
    from harness.runner import Outcome

WIDEST = 120
"""Columns beyond which a line of prose is hard to read."""


@contextmanager
def telling(*, aside: bool, quiet: bool, verbose: bool) -> Iterator[Terminal]:
    """Yield the progress of a command, on standard error where ``aside``; its moving line is gone at the end."""
    from harness.report.terminal import Terminal, colour_wanted

    out = sys.stderr if aside else sys.stdout
    width = min(shutil.get_terminal_size((80, 24)).columns, WIDEST)
    terminal = Terminal(out, quiet=quiet, verbose=verbose, colour=colour_wanted(out, os.environ), width=width)
    try:
        yield terminal
    finally:
        terminal.close()


def told(outcome: Outcome, form: str) -> int:
    """Write the report in ``form`` to standard output (empty: not at all); return the exit code."""
    if form:
        from harness.report.formats.table import FORMATS

        text = FORMATS[form].render(outcome.report).removesuffix("\n")
        answer(text, kept=f"the report lies in {outcome.directory / 'report.json'}")
    return outcome.exit


def answer(text: str, *, kept: str = "") -> None:
    """Write what was asked for to standard output, whether or not anyone still reads it.

    UsageError where it cannot be written, with where it is ``kept``.
    """
    from harness.report.pipes import hand_over

    hand_over(sys.stdout, text, kept=kept)
