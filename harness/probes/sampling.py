"""What the service's processes hold all through a load: without samples on the way a pool looks like a leak."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from harness.model.events import Resources
from harness.model.seams import Recorder
from harness.probes.beside import beside
from harness.probes.resources import sample

Moment = Literal["before", "during", "after"]


class Watchable(Protocol):
    """The one thing of an instance that sampling needs."""

    def processes(self) -> tuple[int, ...]:
        """Return every living process of the service."""
        ...


def sampler(instance: Watchable, case: str, recorder: Recorder) -> Callable[[Moment], None]:
    """Return a function that records one sample of ``instance`` under the name of a moment."""

    def take(moment: Moment) -> None:
        held = sample(instance.processes())
        what = Resources(
            case=case,
            moment=moment,
            rss=held.rss,
            descriptors=held.descriptors,
            threads=held.threads,
            processes=held.processes,
        )
        recorder.record("probe", what)

    return take


def sampling(take: Callable[[Moment], None], *, every: float = 0.25) -> AbstractContextManager[None]:
    """Call ``take`` for ``during`` every ``every`` seconds inside a ``with`` block."""

    def during(over: threading.Event) -> None:
        while not over.wait(every):
            take("during")

    return beside(during)
