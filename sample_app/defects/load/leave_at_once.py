"""On SIGTERM a worker writes out its log and leaves at once, with whatever it has at work.

Family: load. Found by: L13 (stops-gracefully).
In real life: the last lines of the log were missing after deployments, so a handler was added that flushes before the
process goes. From then on each deployment cut a few requests whose entries had been booked; support called it "the
Tuesday duplicates".
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from dataclasses import replace
from types import FrameType

from flask import Flask

from sample_app.defects.kind import Defect
from sample_app.parts import Parts
from sample_app.settings import Settings
from sample_app.store.database import Database


def leave(_number: int, _frame: FrameType | None) -> None:
    """Keep the last lines of the log, then go."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def keep_last_lines(_app: Flask) -> None:
    """Have the log written out when the process is asked to end; only the main thread may say so (signal(7))."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, leave)


def install(parts: Parts, _settings: Settings, _database: Database) -> Parts:
    """Look after the log."""
    return replace(parts, extend=keep_last_lines)


LEAVE_AT_ONCE = Defect(
    name="leave-at-once",
    family="load",
    entry="L13",
    check="stops-gracefully",
    combination=True,
    story="The last lines of the log were missing after deployments, so a handler flushed them and left. From then on "
    "each deployment cut a few requests whose entries had been booked.",
    install=install,
)
