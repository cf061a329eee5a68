"""The control of every timing check: how late the harness itself ran, and what others took of the machine.

A thread that asks for five milliseconds of sleep over and over measures what the machine, its scheduler and our own
interpreter add; :mod:`harness.probes.neighbours` tells whether the service had to share its processors. A slow answer
measured while either was out of order says nothing about the service.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from harness.clock import SECOND
from harness.model.events import Stalled
from harness.model.seams import Clock, Recorder
from harness.probes.beside import beside
from harness.probes.neighbours import NOT_KNOWN

_NAP = 0.005
SOURCE = "stalls"
"""The source under which stalls are recorded."""


def stall_control(
    recorder: Recorder,
    clock: Clock,
    *,
    window: float = 0.5,
    others: Callable[[], float] | None = None,
    disk: Callable[[], float] | None = None,
) -> AbstractContextManager[None]:
    """Record the worst oversleep of each ``window`` seconds inside a ``with`` block, the last one cut short.

    ``others`` tells the share of the machine that others took since it was last asked; None: it cannot be told, as
    where the service itself runs out of our sight. ``disk`` tells the slowest write to the disk likewise, in seconds.
    """
    share, slowest = others or _not_known, disk or _not_known

    def control(over: threading.Event) -> None:
        while not over.is_set():
            seen = worst_oversleep(clock, window, over.is_set)
            recorder.record(SOURCE, replace(seen, others=share(), disk=slowest()))

    return beside(control)


def _not_known() -> float:
    return NOT_KNOWN


def worst_oversleep(clock: Clock, window: float, over: Callable[[], bool] = lambda: False) -> Stalled:
    """Sleep in naps for ``window`` seconds (or until ``over()``) and return the longest oversleep in seconds."""
    start = woke = clock.now()
    worst = 0
    while woke - start < window * SECOND and not over():
        asleep = woke
        clock.sleep(_NAP)
        woke = clock.now()
        worst = max(worst, woke - asleep - round(_NAP * SECOND))
    return Stalled(worst=worst / SECOND, window=(woke - start) / SECOND)
