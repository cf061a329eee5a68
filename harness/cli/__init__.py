"""The command line: a thin front. Importing it costs nothing; calling it heeds signals before anything else."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

from harness.cli.signals import end_orderly, ignore, interrupted
from harness.cli.streams import mend_streams

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Carry out a command line (None: that of the process) and exit with its code."""
    mend_streams()
    try:
        end_orderly()
        from harness.cli.line import carried_out  # here, so that signals are heeded while click is imported

        code = carried_out(arguments)
    except KeyboardInterrupt:
        code = interrupted()
    ignore()
    sys.exit(code)
