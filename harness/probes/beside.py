"""Threads that go on beside a block and end with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from harness.model.errors import HarnessBug

LEAVING = 60.0
"""Seconds within which a work has returned; every wait inside one is far shorter."""


@contextmanager
def beside(*works: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run each of ``works`` in a thread of its own while the block runs, and wait for all of them at its end.

    The event that each gets is set when the block ends; a work returns soon after that. What broke a work is raised at
    the end of the block, unless the block itself raises: whatever it was to see from then on, nobody saw.
    """
    over = threading.Event()
    broke: list[BaseException] = []

    def guarded(work: Callable[[threading.Event], None]) -> None:
        try:
            work(over)
        except BaseException as error:  # noqa: BLE001 - a thread's error belongs to who waits for it
            broke.append(error)

    threads = [threading.Thread(target=guarded, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        bound = time.monotonic() + LEAVING
        for thread in threads:
            thread.join(max(0.0, bound - time.monotonic()))
    if broke:
        raise broke[0]
    if any(thread.is_alive() for thread in threads):
        raise HarnessBug(f"a probe did not end within {LEAVING:g} s of what it watched; does the machine's disk hang?")
