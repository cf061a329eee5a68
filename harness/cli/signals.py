"""Ctrl-C, SIGTERM and SIGHUP ask for the same orderly end, once.

The first one becomes a KeyboardInterrupt: what was opened is closed, what was seen is saved and judged. Any further one
changes nothing: an end that is interrupted itself would leave servers and half files behind. (SIGKILL still ends the
harness at once; the watchdogs then take the servers down.)
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from types import FrameType

ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INTERRUPTED = 130
"""As in :class:`harness.model.exits.Exit`, whose import may be what was interrupted; a test holds the two together."""
_AGAIN = 0.01
"""Seconds after which an interrupt that was lost is asked for again."""


def end_orderly() -> None:
    """From now on, end orderly when asked by a signal. What whoever started us ignores (nohup) stays ignored."""
    asked: list[int] = []

    def ask(number: int, _: FrameType | None) -> None:
        if not asked:
            asked.append(number)
            raise KeyboardInterrupt

    def ask_again(lost: sys.UnraisableHookArgs) -> None:
        # Python drops what is raised inside a finalizer; without this the one interrupt would be lost for good.
        if not issubclass(lost.exc_type, KeyboardInterrupt) or not asked:
            sys.__unraisablehook__(lost)
            return
        import threading

        while asked:
            # On a busy machine it is asked again before this hook has ended, where Python would drop it once more.
            with suppress(KeyboardInterrupt):
                threading.Timer(_AGAIN, os.kill, (os.getpid(), asked.pop())).start()

    sys.unraisablehook = ask_again
    for number in ASKING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, ask)


def ignore() -> None:
    """Be asked no more: the exit code stands, and in its last moments the interpreter would die of a signal."""
    for number in ASKING:
        signal.signal(number, signal.SIG_IGN)
    # Python keeps in mind an interrupt that left the text of an exec (dataclasses run one), even where it was caught
    # outside, and kills itself by SIGINT after the end. The next exec makes it forget.
    exec("")  # noqa: S102 - the text is ours, and empty


def interrupted() -> int:
    """Say that a command was interrupted before its end, wherever that can still be said; return the exit code."""
    with suppress(OSError):  # the terminal that hung up is where this would stand
        print("interrupted; where a run was saved, 'harness check DIRECTORY' judges it", file=sys.stderr, flush=True)
    return INTERRUPTED
