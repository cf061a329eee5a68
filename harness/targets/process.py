"""The harness's side of the watchdog: start a server under it, hear how it fares, have it taken down."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from harness.clock import SECOND
from harness.model.errors import HarnessBug, TargetError
from harness.model.records import record
from harness.targets import proc

_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_START_BOUND = 10.0
_KILL_BOUND = 12.0
"""Seconds for the watchdog to finish beyond the grace: its own bound on killing, and some."""

_WORD_BOUND = 5.0
"""Seconds that the watchdog has, once nothing of the server is left, to say how it ended."""

UNSEEN = 1 << 16
"""What stands for the exit status of a server that ended unseen."""


@record
class Order:
    """What to start and how.

    ``directory`` is its working directory, ``descriptors`` are inherited by it under the same numbers, ``stdout`` and
    ``stderr`` are appended to, ``remove`` is deleted after its end, and ``scratch`` where the harness is gone by then.
    ``grace`` seconds lie between SIGTERM and SIGKILL.
    """

    arguments: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str]
    stdout: Path
    stderr: Path
    descriptors: tuple[int, ...] = ()
    remove: str = ""
    scratch: str = ""
    grace: float = 3.0


class Supervised:
    """A server under its watchdog.

    ``pid`` is the server's, ``status`` its exit status once it ended by itself, ``remove`` its own directory.
    """

    def __init__(self, order: Order) -> None:
        self.status: int | None = None
        self.killed: tuple[int, ...] = ()
        self.remove = order.remove
        self._order = order
        self._gone = False
        self._line = bytearray()
        self._watchdog = _start_watchdog(order)
        self._write(json.dumps(_as_json(order)).encode("ascii") + b"\n")
        self.pid = self._await_start()

    def poll(self) -> int | None:
        """Return the exit status of the server (negative: the signal), or None while it lives.

        :data:`UNSEEN` where its watchdog was killed before, or says nothing, so that nobody could see how it ended.
        """
        more = self._hear(0.0)
        if not self._ended() and not self.pids():
            bound = time.monotonic_ns() + round(_WORD_BOUND * SECOND)
            while more and not self._ended() and time.monotonic_ns() < bound:
                more = self._hear(0.1)
            if not self._ended():
                self.status = UNSEEN
        return self.status

    def _ended(self) -> bool:
        return self.status is not None or self._gone

    def pids(self) -> tuple[int, ...]:
        """Return every living process of the server, also what left its group."""
        return proc.descendants(self._watchdog.pid) or self._orphans()

    def _orphans(self) -> tuple[int, ...]:
        """Return what a killed watchdog left behind. The server leads its group: a recycled pid would not."""
        with suppress(ProcessLookupError):
            if proc.alive(self.pid) and os.getpgid(self.pid) == self.pid:
                return (self.pid, *proc.descendants(self.pid))
        return ()

    def stop(self, *, keep: bool = False) -> tuple[int, ...]:
        """Take everything down; return the pids that had to be killed. Stopping twice is fine.

        ``keep`` leaves the service's own directory for the next that runs in its place.
        """
        if self._watchdog.returncode is not None:
            return self.killed
        left = self.pids()
        self._write(b"keep\n" if keep else b"stop\n")
        bound = time.monotonic_ns() + round((self._order.grace + _KILL_BOUND) * SECOND)
        while not self._gone and time.monotonic_ns() < bound and self._hear(0.5):
            pass
        self._close(left)
        return self.killed

    def _close(self, left: tuple[int, ...]) -> None:
        """End the watchdog; if it was killed by someone, kill what it would have killed."""
        for stream in (self._watchdog.stdin, self._watchdog.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        try:
            self._watchdog.wait(2.0)
        except subprocess.TimeoutExpired:
            self._watchdog.kill()
            with suppress(subprocess.TimeoutExpired):
                self._watchdog.wait(2.0)
        if not self._gone and left:
            proc.kill_all(left, _KILL_BOUND)
            self.killed = left

    def _await_start(self) -> int:
        bound = time.monotonic_ns() + round(_START_BOUND * SECOND)
        self.pid = 0
        while not self.pid and time.monotonic_ns() < bound:
            if not self._hear(0.5) and not self.pid:
                break
        if not self.pid:
            self._close(())
            raise HarnessBug(f"the watchdog of the server did not start; its own words are in {self._order.stderr}")
        return self.pid

    def _write(self, data: bytes) -> None:
        assert self._watchdog.stdin is not None
        with suppress(BrokenPipeError):
            self._watchdog.stdin.write(data)
            self._watchdog.stdin.flush()

    def _hear(self, seconds: float) -> bool:
        """Take in what the watchdog says within ``seconds``; return whether it can say more."""
        stream = self._watchdog.stdout
        assert stream is not None
        if stream.closed:
            return False
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            if not selector.select(seconds):
                return True
        data = os.read(stream.fileno(), 65536)
        self._line += data
        *lines, rest = bytes(self._line).split(b"\n")
        self._line[:] = rest
        for line in lines:
            self._note(json.loads(line))
        return bool(data)

    def _note(self, said: dict[str, object]) -> None:
        if "failed" in said:
            self._close(())
            raise TargetError(f"{self._order.arguments[0]} could not be started: {said['failed']}")
        if isinstance(said.get("started"), int):
            self.pid = int(str(said["started"]))
        if "exited" in said:
            self.status = int(str(said["status"]))
        if "gone" in said:
            self._gone = True
            killed = said["killed"]
            assert isinstance(killed, list)
            self.killed = tuple(killed)


def _start_watchdog(order: Order) -> subprocess.Popen[bytes]:
    with order.stderr.open("ab") as words:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_SUPERVISOR)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
            pass_fds=order.descriptors,
            start_new_session=True,
        )


def _as_json(order: Order) -> dict[str, object]:
    return {
        "arguments": list(order.arguments),
        "directory": str(order.directory),
        "environment": dict(order.environment),
        "stdout": str(order.stdout),
        "stderr": str(order.stderr),
        "descriptors": list(order.descriptors),
        "remove": order.remove,
        "scratch": order.scratch,
        "grace": order.grace,
    }
