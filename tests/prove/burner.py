"""Another load on the machine while a run goes on: one process that counts, and keeps pages on the disk now and then.

Run as a script it ends by itself: when its standard input ends (whoever started it is gone), or after :data:`LONGEST`.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 1200.0
"""Seconds after which it ends, whatever becomes of the rest."""

COUNTS = 0.05
"""Seconds of counting between two looks."""

PIECE = b"\0" * (1 << 20)
EVERY = 10
"""Looks between two pieces that are kept on the disk: two mebibytes a second."""


@contextmanager
def burning() -> Iterator[None]:
    """Burn beside the block."""
    burner = subprocess.Popen([sys.executable, "-m", "tests.prove.burner"], stdin=subprocess.PIPE)
    try:
        yield
    finally:
        assert burner.stdin is not None
        burner.stdin.close()
        burner.wait(10)


def burn() -> None:
    """Take one processor and some of the disk until standard input ends."""
    ends = time.monotonic() + LONGEST
    with tempfile.TemporaryFile() as file:
        looks = 0
        while time.monotonic() < ends and not select.select([0], [], [], 0)[0]:
            until = time.monotonic() + COUNTS
            while time.monotonic() < until:
                pass
            looks += 1
            if looks % EVERY == 0:
                os.pwrite(file.fileno(), PIECE, 0)
                os.fsync(file.fileno())


if __name__ == "__main__":
    burn()
