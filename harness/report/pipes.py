"""A reader that went away (``harness ... | head``, a terminal that hung up) ends the talk.

Never the run, and never with another exit code.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_GONE = (errno.EPIPE, errno.EIO)
"""What a write fails with where nobody reads any more: a pipe, a terminal."""


def say(out: TextIO, line: str) -> None:
    """Write ``line`` to ``out`` at once."""
    with while_read(out):
        out.write(line + "\n")
        out.flush()


@contextmanager
def while_read(out: TextIO) -> Iterator[None]:
    """Write to ``out`` inside the block; where nobody reads any more, leave the block, and ``out`` leads nowhere."""
    try:
        yield
    except OSError as error:
        if error.errno not in _GONE:
            raise
        abandon(out)


def abandon(out: TextIO) -> None:
    """Lead ``out`` nowhere: the rest of its buffer would make the interpreter fail at its exit, with its own code."""
    try:
        number = out.fileno()
    except io.UnsupportedOperation:
        return  # no file behind it, so no buffer that is flushed into a pipe
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
