"""What the service's processes hold all through a load: without samples on the way a pool looks like a leak."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Protocol, Self

from harness.model.events import Resources
from harness.model.seams import Recorder
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


class Sampling:
    """Calls ``take`` for ``during`` every ``every`` seconds inside a ``with`` block, from a thread of its own."""

    def __init__(self, take: Callable[[Moment], None], *, every: float = 0.25) -> None:
        self._take, self._every = take, every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._every):
            self._take("during")
