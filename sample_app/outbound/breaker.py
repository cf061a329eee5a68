"""A circuit breaker: a dependency in trouble is left alone for a while, and its callers are told at once.

    closed --N failures in a row--> open --T seconds--> half-open: one trial --worked--> closed
                                      ^                                |
                                      +------------- failed -----------+

Contract. One for each dependency and process; safe for threads. What counts as a failure is failures.SIGNS_OF_TROUBLE;
any other end of a call says nothing about the dependency and changes nothing. A call that was let in before the state
changed says nothing about the new state either. Error: CallFailure ``open``, with the seconds until the next trial.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Literal, TypeVar

from sample_app.outbound.failures import SIGNS_OF_TROUBLE, CallFailure

T = TypeVar("T")
State = Literal["closed", "open", "half-open"]


class Breaker:
    """Lets calls through while they work. ``failures`` in a row open it for ``open_for`` seconds of ``clock``."""

    def __init__(self, *, failures: int, open_for: float, clock: Callable[[], float]) -> None:
        self._most = failures
        self._open_for = open_for
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._opened: float | None = None  # when; None while it is closed
        self._trial = False  # the one call of a half-open breaker is under way
        self._era = 0  # how often the state has changed

    def run(self, act: Callable[[], T]) -> T:
        """Act, unless the dependency is left alone now, and learn from what comes of it."""
        era = self._enter()
        worked: bool | None = None
        try:
            result = act()
            worked = True
        except CallFailure as failure:
            worked = False if failure.kind in SIGNS_OF_TROUBLE else None
            raise
        else:
            return result
        finally:
            self._leave(era, worked)

    def state(self) -> State:
        """Tell the state as a call would find it now."""
        with self._lock:
            if self._opened is None:
                return "closed"
            return "open" if self._left() > 0 else "half-open"

    def _enter(self) -> int:
        """Let a call in, or raise CallFailure ``open``; return the era it belongs to."""
        with self._lock:
            if self._opened is not None:
                if self._left() > 0 or self._trial:
                    raise CallFailure("open", "it is left alone after several failures", retry_after=self._left())
                self._trial = True
            return self._era

    def _leave(self, era: int, worked: bool | None) -> None:
        """Learn from a call: it worked, it failed, or (None) it says nothing."""
        with self._lock:
            if era != self._era:
                return
            if worked:
                self._close()
            elif worked is not None:
                self._count_failure()
            self._trial = False

    def _close(self) -> None:
        """Start to count anew; a trial that worked closes the breaker."""
        self._failures = 0
        if self._opened is not None:
            self._opened = None
            self._era += 1

    def _count_failure(self) -> None:
        """Count; the last one too many, or a trial that failed, opens the breaker from now on."""
        self._failures += 1
        if self._failures >= self._most or self._opened is not None:
            self._opened = self._clock()
            self._era += 1

    def _left(self) -> float:
        """Return the seconds until the next trial, 0 when it is due."""
        opened = self._clock() if self._opened is None else self._opened
        return max(0.0, opened + self._open_for - self._clock())
