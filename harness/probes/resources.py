"""How much the service's processes hold at one moment: memory, descriptors, threads (proc(5))."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress

from harness.model.records import record

_PAGE = os.sysconf("SC_PAGE_SIZE")


@record
class Sample:
    """What some processes held together: bytes of resident memory, open descriptors, threads, living processes."""

    rss: int = 0
    descriptors: int = 0
    threads: int = 0
    processes: int = 0


def sample(pids: Iterable[int]) -> Sample:
    """Return what ``pids`` hold; one that vanishes while being looked at counts for nothing.

    Memory that processes share is counted in each of them, as RSS does: a rise is what tells, not the height.
    """
    seen = [found for pid in pids if (found := _one(pid)) is not None]
    return Sample(
        rss=sum(one.rss for one in seen),
        descriptors=sum(one.descriptors for one in seen),
        threads=sum(one.threads for one in seen),
        processes=len(seen),
    )


def _one(pid: int) -> Sample | None:
    with suppress(OSError, ValueError, IndexError):
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        if fields[0] in (b"Z", b"X"):
            return None
        # Fields 20 (num_threads) and 24 (rss, pages) of stat; the first after the name is number 3.
        threads, pages = int(fields[17]), int(fields[21])
        return Sample(rss=pages * _PAGE, descriptors=len(os.listdir(f"/proc/{pid}/fd")), threads=threads, processes=1)
    return None
