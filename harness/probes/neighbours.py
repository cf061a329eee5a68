"""How much of the machine others took: processes that are neither the harness nor anything that it started.

A sleeping thread is woken at once even on a machine whose processors are all taken, so oversleep alone does not show
that a busy service had to share. The kernel's own account does: processor time of the whole machine (``/proc/stat``)
less that of our own tree of processes (``/proc/<pid>/stat``, the times of children that ended included).
"""

from __future__ import annotations

import os
from collections.abc import Callable

from harness.model.records import record

NOT_KNOWN = -1.0
"""What stands for a share that this system does not tell."""


@record
class Reading:
    """Processor time in ticks since boot: of the machine in all, its busy part, and the part of our own processes."""

    total: int
    busy: int
    own: int


def share_of_others(before: Reading, after: Reading) -> float:
    """Return the part (0 to 1) of all processors that others took between two readings; 0 where no time passed."""
    total = after.total - before.total
    others = (after.busy - before.busy) - (after.own - before.own)
    return min(1.0, max(0.0, others / total)) if total > 0 else 0.0


def meter(read: Callable[[], Reading | None] | None = None) -> Callable[[], float]:
    """Return a function that tells the share of others since its last call (:data:`NOT_KNOWN` where it cannot)."""
    take = read or reading
    last = take()

    def share() -> float:
        nonlocal last
        before, last = last, take()
        return share_of_others(before, last) if before and last else NOT_KNOWN

    return share


def reading() -> Reading | None:
    """Return the kernel's account as it stands, None where there is none (proc(5))."""
    try:
        with open("/proc/stat", "rb") as file:
            fields = [int(field) for field in file.readline().split()[1:9]]
    except (OSError, ValueError):
        return None
    if len(fields) < 8:
        return None
    total = sum(fields)
    idle = fields[3] + fields[4]  # idle and waiting for a disk; stolen time is busy: another guest has it
    return Reading(total=total, busy=total - idle, own=_own())


def _own() -> int:
    """Return the ticks of this process and all below it, children that ended and were waited for included."""
    parents: dict[int, list[int]] = {}
    ticks: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (seen := _times(name)):
            parents.setdefault(seen[0], []).append(int(name))
            ticks[int(name)] = seen[1]
    waiting, sum_of_ticks = [os.getpid()], 0
    while waiting:
        pid = waiting.pop()
        sum_of_ticks += ticks.get(pid, 0)
        waiting.extend(parents.get(pid, ()))
    return sum_of_ticks


def _times(name: str) -> tuple[int, int] | None:
    """Return parent and ticks of a process: utime, stime, cutime, cstime are fields 14 to 17 of its stat."""
    try:
        with open(f"/proc/{name}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return int(fields[1]), sum(map(int, fields[11:15]))
    except (OSError, IndexError, ValueError):
        return None
