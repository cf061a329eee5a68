"""A reader that went away (``harness ... | head``) ends the talk: never the run, and never with another exit code."""

from __future__ import annotations

import io
import os
from typing import TextIO


def say(out: TextIO, line: str) -> bool:
    """Write ``line`` to ``out`` at once; False when nobody reads any more, and from then on ``out`` leads nowhere."""
    try:
        out.write(line + "\n")
        out.flush()
    except BrokenPipeError:
        abandon(out)
        return False
    return True


def abandon(out: TextIO) -> None:
    """Lead ``out`` nowhere: the rest of its buffer would make the interpreter fail at its exit, with its own code."""
    try:
        number = out.fileno()
    except io.UnsupportedOperation:
        return  # no file behind it, so no buffer that is flushed into a pipe
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
