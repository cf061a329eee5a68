"""A reader that went away (``harness ... | head``, a terminal that hung up) ends the talk, and so does a full disk.

Never the run, and never with another exit code. What was asked for and cannot be written is an error of its own.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from harness.model.errors import UsageError

_GONE = (errno.EPIPE, errno.EIO)
"""What a write fails with where nobody reads any more: a pipe, a terminal."""


def say(out: TextIO, line: str) -> None:
    """Write ``line`` to ``out`` at once."""
    with while_read(out):
        out.write(line + "\n")
        out.flush()


@contextmanager
def while_read(out: TextIO) -> Iterator[None]:
    """Write to ``out`` inside the block; where that fails, leave the block, and ``out`` leads nowhere from then on.

    That nobody reads any more is no news; what else is wrong is told once, on standard error.
    """
    try:
        yield
    except OSError as error:
        why = lost(out, error)
        if why and out is not sys.stderr:
            say(sys.stderr, f"harness: the output cannot be written any further: {why}; the work goes on")


def hand_over(out: TextIO, text: str, *, kept: str = "") -> None:
    """Write ``text``, which was asked for; UsageError where it cannot be written, with where else it is ``kept``."""
    try:
        out.write(text + "\n")
        out.flush()
    except OSError as error:
        why = lost(out, error)
        if why:
            raise UsageError(f"standard output cannot be written: {why}{kept and f'; {kept}'}") from error


def lost(out: TextIO, error: OSError) -> str:
    """Lead ``out`` nowhere after ``error``; return why it cannot be written, empty where only nobody reads it."""
    abandon(out)
    return "" if error.errno in _GONE else error.strerror or str(error)


def abandon(out: TextIO) -> None:
    """Lead ``out`` nowhere: the rest of its buffer would make the interpreter fail at its exit, with its own code."""
    try:
        number = out.fileno()
    except io.UnsupportedOperation:
        return  # no file behind it, so no buffer that is flushed into a pipe
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
