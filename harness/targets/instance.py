"""The doors of a running service: what every way of reaching it offers, and what only some can do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol, runtime_checkable

from harness.model.messages import Answer, Request, Wire
from harness.model.services import Route
from harness.targets.client import Reply


class Capability(StrEnum):
    """What a target can show. A case that needs more than its target has is not run there, and counted."""

    WIRE = "wire"
    """Exact bytes reach a real server: framing faults mean something."""
    CONCURRENT = "concurrent"
    """Several requests are served at once."""
    WORKERS = "workers"
    """The number of worker processes can be chosen, and who served a connection can be told."""
    RESOURCES = "resources"
    """The processes are ours to look at: memory, descriptors, threads."""
    RESTART = "restart"
    """A fresh instance can be started."""
    KILL = "kill"
    """The service can be killed (SIGKILL) and started again in its place, with what it stored; see :class:`Mortal`."""
    CONTROL = "control"
    """A trivial application can be run on the same kind of server."""


class Line(Protocol):
    """A connection to an instance. In WSGI lanes it carries :class:`Request` only (``TypeError`` for Wire)."""

    @property
    def local_port(self) -> int:
        """The client's port; what tells connections apart. 0: could not connect."""
        ...

    @property
    def usable(self) -> bool:
        """Whether another exchange can follow."""
        ...

    def exchange(self, message: Request | Wire, *, timeout: float, give_up_after: float | None = None) -> Reply:
        """Send and read the answer, within ``timeout`` seconds; leave on purpose after ``give_up_after``."""
        ...

    def close(self) -> None:
        """Leave politely (FIN)."""
        ...

    def reset(self) -> None:
        """Leave rudely (RST)."""
        ...


class Instance(Protocol):
    """A running service. Every method may be called from any thread; none raises for what the service does."""

    @property
    def number(self) -> int:
        """Counts instances of a run from 1."""
        ...

    @property
    def authority(self) -> str:
        """``host:port``, as it goes into the Host header."""
        ...

    @property
    def description(self) -> str:
        """What runs, in words: ``gunicorn 27.0.1, 2 workers x 4 threads``."""
        ...

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this target can show."""
        ...

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that the service was started with; none where the harness did not start it."""
        ...

    def connect(self, timeout: float) -> Line:
        """Open a connection; when that fails, every exchange on it says why."""
        ...

    def fetch(self, route: Route, timeout: float) -> Answer | None:
        """Ask for ``route`` on a connection of its own, unrecorded; None: no whole answer in time."""
        ...

    def still_open(self, local_ports: Iterable[int]) -> tuple[int, ...]:
        """Return which of these client ports the server still holds open (the client may have left)."""
        ...

    def worker_of(self, local_port: int) -> int:
        """Return the pid of the process that holds the accepted connection; 0: not known (yet)."""
        ...

    def pausing(self, pids: Iterable[int]) -> AbstractContextManager[None]:
        """Keep those processes of the service stopped inside the block; pids that are not its own are left alone."""
        ...

    def processes(self) -> tuple[int, ...]:
        """Return every living process of the service, ascending; empty where they are not ours to see."""
        ...

    def look(self) -> None:
        """Record workers that vanished without our asking, and the death of the whole, once each."""
        ...

    def read_log(self) -> None:
        """Record what the service wrote since the last call."""
        ...

    def stop(self) -> None:
        """Take everything down within a bound. Stopping twice is fine."""
        ...


@runtime_checkable
class Mortal(Protocol):
    """An instance whose processes can be killed on purpose. Such an end is recorded as planned, never as a loss."""

    def kill_worker(self, pid: int) -> None:
        """Kill one worker; return when its server has replaced it and every worker answers. TargetError: it did not."""
        ...

    def strike_down(self, pid: int) -> None:
        """Kill one worker and go on at once: whatever comes next meets a service that is one worker short."""
        ...

    def tell_to_stop(self) -> None:
        """Ask the service to end (SIGTERM) and go on at once; its end is then planned."""
        ...

    def restart(self) -> None:
        """Kill all processes and start it again: same port, same stored data. TargetError: it did not start."""
        ...


def fetched(line: Line, authority: str, route: Route, timeout: float) -> Answer | None:
    """Return the whole answer to ``route`` on ``line``, which is closed; None: none came in ``timeout`` seconds."""
    return whole(asked(line, authority, route, timeout))


def asked(line: Line, authority: str, route: Route, timeout: float) -> Reply:
    """Return what came of asking for ``route`` on ``line``, which is closed, within ``timeout`` seconds."""
    request = Request(method=route.method, target=route.path, headers=(("Host", authority), ("Connection", "close")))
    reply = line.exchange(request, timeout=timeout)
    line.close()
    return reply


def whole(reply: Reply) -> Answer | None:
    """Return the first answer of ``reply`` that is whole and HTTP; None: there is none."""
    return next((answer for answer in reply.answers if answer.complete and answer.valid), None)
