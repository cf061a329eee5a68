"""The three standard streams, in whatever state the harness was started: closed ones lead nowhere, all speak UTF-8.

A closed one would be taken by the next file or socket that is opened, and what is printed would land in it.
"""

from __future__ import annotations

import io
import os
import sys

_STREAMS = ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w"))


def mend_streams() -> None:
    """Open what is closed, on nothing; from now on no character can fail to be written."""
    for number, name, mode in _STREAMS:
        if not _is_open(number):
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest number that is free: this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - open to the end
    for out in (sys.stdout, sys.stderr):
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(encoding="utf-8", errors="backslashreplace")


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
