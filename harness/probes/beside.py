"""Threads that go on beside a block and end with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def beside(*works: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run each of ``works`` in a thread of its own while the block runs, and wait for all of them at its end.

    The event that each gets is set when the block ends; a work returns soon after that.
    """
    over = threading.Event()
    threads = [threading.Thread(target=work, args=(over,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
