"""What Linux tells in /proc about processes and connections. Everything tolerates processes that vanish meanwhile.

Reading the files ourselves takes a few milliseconds, where psutil takes sixty. A connection is found by its two
ports alone, so IPv4 and IPv4-mapped IPv6 sockets are treated alike.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from harness.clock import SECOND

_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_ESTABLISHED = "01"
_OPEN = frozenset({_ESTABLISHED, "08"})
"""ESTABLISHED and CLOSE_WAIT (include/net/tcp_states.h): the server has not closed its side."""
_STOPPED = frozenset({"T", "t"})
_STOP_BOUND = SECOND // 2
_DEAD_LOOK = 0.005


def children() -> dict[int, list[int]]:
    """Return the living children of every process by its pid (zombies are dead)."""
    found: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (state := _state(int(name))) and state[0] not in "ZX":
            found.setdefault(state[1], []).append(int(name))
    return found


def descendants(pid: int) -> tuple[int, ...]:
    """Return every living process below ``pid``, in ascending order."""
    below = children()
    found: list[int] = []
    waiting = list(below.get(pid, ()))
    while waiting:
        found.append(waiting.pop())
        waiting.extend(below.get(found[-1], ()))
    return tuple(sorted(found))


def alive(pid: int) -> bool:
    """Tell whether ``pid`` is a living process."""
    state = _state(pid)
    return state is not None and state[0] not in "ZX"


def kill_all(pids: Iterable[int], bound: float) -> None:
    """Kill ``pids`` (SIGKILL) and return when all are dead, after ``bound`` seconds at the latest.

    SIGKILL only begins an end: until the kernel has taken a process apart, it runs and holds its port.
    """
    left = tuple(pids)
    until = time.monotonic_ns() + round(bound * SECOND)
    while (left := tuple(pid for pid in left if alive(pid))) and time.monotonic_ns() < until:
        for pid in left:
            _signal(pid, signal.SIGKILL)
        time.sleep(_DEAD_LOOK)


def open_ports(server_port: int, local_ports: Iterable[int]) -> tuple[int, ...]:
    """Return those of the client's ``local_ports`` that the server at ``server_port`` still holds open, ascending."""
    wanted = set(local_ports)
    return tuple(sorted({remote for remote, state, _ in _accepted(server_port) if remote in wanted and state in _OPEN}))


def holder(server_port: int, local_port: int, pids: Iterable[int]) -> int:
    """Return which of ``pids`` holds the server's side of the connection from ``local_port``; 0: none does (yet)."""
    inodes = {inode for remote, _, inode in _accepted(server_port) if remote == local_port and inode != "0"}
    wanted = {f"socket:[{inode}]" for inode in inodes}
    return next((pid for pid in pids if wanted and wanted & _links(pid)), 0)


def callers(port: int, pids: Iterable[int]) -> tuple[int, ...]:
    """Return which of ``pids`` hold an open connection to ``port`` as its client, ascending."""
    inodes = {inode for remote, inode in _connected() if remote == port and inode != "0"}
    wanted = {f"socket:[{inode}]" for inode in inodes}
    return tuple(pid for pid in sorted(pids) if wanted and wanted & _links(pid))


def connections(server_port: int, pid: int) -> int:
    """Return how many connections that the server at ``server_port`` accepted ``pid`` holds open."""
    held = _links(pid)
    return sum(f"socket:[{inode}]" in held for _, state, inode in _accepted(server_port) if state in _OPEN)


@contextmanager
def pausing(pids: Iterable[int]) -> Iterator[None]:
    """Keep ``pids`` stopped (SIGSTOP) inside the block; they always go on (SIGCONT) after it."""
    held = tuple(pids)
    try:
        for pid in held:
            _signal(pid, signal.SIGSTOP)
        _await_stopped(held)
        yield
    finally:
        for pid in held:
            _signal(pid, signal.SIGCONT)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _await_stopped(pids: tuple[int, ...]) -> None:
    bound = time.monotonic_ns() + _STOP_BOUND
    while time.monotonic_ns() < bound:
        states = (_state(pid) for pid in pids)
        if all(state is None or state[0] in _STOPPED or state[0] in "ZX" for state in states):
            return
        time.sleep(0.001)


def _state(pid: int) -> tuple[str, int] | None:
    """Return state letter and parent of ``pid`` (proc(5): the name before them may hold anything, even ``)``)."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return (fields[0].decode("ascii"), int(fields[1])) if len(fields) > 1 else None


def _connected() -> Iterator[tuple[int, str]]:
    """Yield the peer's port and the inode of each established connection of this network namespace."""
    for table in _TABLES:
        try:
            with open(table, encoding="ascii") as file:
                lines = file.readlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split(None, 10)
            if fields[3] == _ESTABLISHED:
                yield int(fields[2].rpartition(":")[2], 16), fields[9]


def _accepted(server_port: int) -> Iterator[tuple[int, str, str]]:
    """Yield the peer's port, the state and the inode of each connection of the server at ``server_port``."""
    local = f":{server_port:04X}"
    for table in _TABLES:
        try:
            with open(table, encoding="ascii") as file:
                lines = file.readlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split(None, 10)
            if fields[1].endswith(local):
                yield int(fields[2].rpartition(":")[2], 16), fields[3], fields[9]


def _links(pid: int) -> set[str]:
    """Return what the descriptors of ``pid`` point at."""
    found: set[str] = set()
    with suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with suppress(OSError):
                found.add(os.readlink(entry.path))
    return found
