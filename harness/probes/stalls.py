"""The control of every timing check: how late the harness itself ran, and what others took of the machine.

A thread that asks for five milliseconds of sleep over and over measures what the machine, its scheduler and our own
interpreter add; :mod:`harness.probes.neighbours` tells whether the service had to share its processors. A slow answer
measured while either was out of order says nothing about the service.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from harness.clock import SECOND
from harness.model.events import Stalled
from harness.model.seams import Clock, Recorder
from harness.probes.neighbours import NOT_KNOWN

_NAP = 0.005
SOURCE = "stalls"
"""The source under which stalls are recorded."""


class StallControl:
    """Records the worst oversleep of each ``window`` seconds inside a ``with`` block, the last one cut short.

    ``others`` tells the share of the machine that others took since it was last asked; None: it cannot be told, as
    where the service itself runs out of our sight.
    """

    def __init__(
        self,
        recorder: Recorder,
        clock: Clock,
        *,
        window: float = 0.5,
        others: Callable[[], float] | None = None,
    ) -> None:
        self._recorder, self._clock, self._window = recorder, clock, window
        self._others = others or (lambda: NOT_KNOWN)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stall control", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            seen = worst_oversleep(self._clock, self._window, self._over.is_set)
            self._recorder.record(SOURCE, replace(seen, others=self._others()))


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
