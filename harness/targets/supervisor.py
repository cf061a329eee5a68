"""The watchdog: a process of its own that starts the server and takes it down, whatever becomes of the harness.

Run as a script on the standard library alone. The first line on standard input says what to start; after that it
waits. When that pipe ends (the harness is gone, even by SIGKILL), when its parent changes, or on a line ``stop``, the
server and everything below it get SIGTERM, then SIGKILL, and its own directory is removed; a line ``keep`` spares it.
What all servers of a run share is removed where the harness is gone. As a child subreaper (prctl(2)) it inherits what
daemonised itself out of the group, so nothing is left. It reports one JSON object a line on standard output.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

_PR_SET_CHILD_SUBREAPER = 36
_LOOK = 0.25
"""Seconds between looks at the parent, for a pipe that another child of the harness happens to hold open."""
_ABANDONED = 0.5
"""Seconds of grace where nobody is left who would wait longer."""
_KILL_BOUND = 10.0
"""Seconds for which SIGKILL is repeated; what outlives it is in the kernel's hands."""


def main() -> int:
    """Start what the first line says, wait, take it down, report. Return the exit code."""
    parent = os.getppid()
    order = json.loads(_first_line())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A handler, not SIG_IGN: being ignored would be inherited by the server.
        signal.signal(number, lambda *_: None)
    wake = _wake_on_child()
    _become_subreaper()
    try:
        server = _start(order)
    except OSError as error:
        _report({"failed": str(error)})
        _remove(order["remove"])
        return 1
    _report({"started": server})
    command = _wait(server, parent, wake)
    killed = _take_down(server, float(order["grace"]) if command else _ABANDONED)
    _report({"gone": True, "killed": killed})
    if command != b"keep\n":
        _remove(order["remove"])
    if not command:
        _remove(order["scratch"])  # whoever of several watchdogs ends last finds nobody writing there any more
    return 0


def _first_line() -> bytes:
    """Read up to the first line feed and not one byte more: the rest of the pipe is waited for with select()."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit(1)
        line += byte
    return bytes(line)


def _wake_on_child() -> int:
    """Make each SIGCHLD readable on the returned descriptor."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def _become_subreaper() -> None:
    """Inherit orphaned descendants. Best effort: without it, only what stays in the group is taken down."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _start(order: Mapping[str, Any]) -> int:
    """Start the server in a session of its own and return its pid."""
    with open(order["stdout"], "ab") as out, open(order["stderr"], "ab") as err:
        server = subprocess.Popen(
            order["arguments"],
            cwd=order["directory"],
            env=order["environment"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            pass_fds=order["descriptors"],
            start_new_session=True,
        )
    for descriptor in order["descriptors"]:
        # Only the server may hold the listening socket: a dead server must refuse connections.
        os.close(descriptor)
    server.returncode = 0  # reaping is ours (waitpid for any child); keep Popen from trying
    return server.pid


def _wait(server: int, parent: int, wake: int) -> bytes:
    """Wait until the server must go; return the command that said so, empty: the harness is gone."""
    while os.getppid() == parent:
        readable = select.select([0, wake], [], [], _LOOK)[0]
        if wake in readable:
            with suppress(BlockingIOError):
                os.read(wake, 4096)
        _reap(server)
        if 0 in readable:
            return os.read(0, 4096)
    return b""


def _reap(server: int) -> bool:
    """Collect every child that ended, reporting the server's end; return whether any child is left."""
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return True
            if pid == server:
                _report({"exited": server, "status": os.waitstatus_to_exitcode(status)})
    except ChildProcessError:
        return False


def _take_down(server: int, grace: float) -> list[int]:
    """End the server and everything below it; return the pids that had to be killed."""
    for number in (signal.SIGTERM, signal.SIGCONT):
        _signal_all(_below(os.getpid()), number)
    if _none_left(server, time.monotonic() + grace):
        return []
    killed: set[int] = set()
    bound = time.monotonic() + _KILL_BOUND
    while time.monotonic() < bound:
        left = _below(os.getpid())
        killed.update(left)
        _signal_all(left, signal.SIGKILL)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(server, signal.SIGKILL)
        if _none_left(server, time.monotonic() + 0.1):
            break
    return sorted(killed)


def _none_left(server: int, until: float) -> bool:
    """Reap until no child is left, at most until ``until``."""
    while _reap(server):
        if time.monotonic() >= until:
            return False
        time.sleep(0.01)
    return True


def _signal_all(pids: Sequence[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _below(root: int) -> list[int]:
    """Return every living process below ``root``; zombies are dead."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        with suppress(OSError, IndexError, ValueError), open(f"/proc/{int(name)}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
            if fields[0] != b"Z":
                parents.setdefault(int(fields[1]), []).append(int(name))
    found: list[int] = []
    waiting = list(parents.get(root, ()))
    while waiting:
        found.append(waiting.pop())
        waiting.extend(parents.get(found[-1], ()))
    return found


def _report(what: Mapping[str, object]) -> None:
    """Tell the harness, if it is still there."""
    with suppress(OSError):
        os.write(1, json.dumps(what).encode("ascii") + b"\n")


def _remove(path: str) -> None:
    """Remove a directory that nobody uses any more."""
    if path:
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
