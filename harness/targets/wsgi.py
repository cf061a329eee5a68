"""The service as a WSGI application in a child process: no server, no sockets, thousands of requests a second.

The child is the service's own process; ours in it is only the agent. Connections are numbered instead of having ports.
"""

from __future__ import annotations

import base64
import itertools
import os
import queue
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from harness.clock import SECOND
from harness.model.errors import TargetError
from harness.model.messages import Answer, Request, Silence, Wire
from harness.model.seams import Clock, Recorder
from harness.model.services import Route, Service
from harness.model.wire import completed
from harness.targets import agent, proc
from harness.targets.client import Reply
from harness.targets.instance import Capability, asked, fetched
from harness.targets.lives import Lives
from harness.targets.logs import tail
from harness.targets.place import Place, prepare
from harness.targets.process import Supervised
from harness.targets.ready import await_ready, died
from harness.targets.recipe import Recipe
from harness.targets.served import order, readers

_AGENT = Path(agent.__file__)
_CAPABILITIES = frozenset({Capability.CONCURRENT, Capability.RESOURCES, Capability.RESTART})
_AUTHORITY = "localhost"
_TAKING = 5
"""Seconds within which the agent takes what it is sent; one that does not is stopped, and the conversation is over."""
_IMPORT_BOUND = 10.0
"""Seconds that an import may take when it is only asked why a server did not start."""

Frame = dict[str, Any] | None
"""What the agent said, or None: it is gone."""


class Conversation:
    """The socket to the agent, shared by all connections: sends requests, hands each answer to who waits for it."""

    def __init__(self, line: socket.socket) -> None:
        # The kernel's own bound (socket(7)): Python's would hold for the reading of answers, too.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _TAKING, 0))
        self._line = line
        self._waiting: dict[int, queue.SimpleQueue[Frame]] = {}
        self._lock = threading.Lock()
        self._gone = False

    def listen(self) -> None:
        """Hand out answers from now on, in a thread of its own."""
        threading.Thread(target=self._listen, name="wsgi answers", daemon=True).start()

    def first(self, timeout: float) -> Frame:
        """Return the agent's first word; TimeoutError when it takes longer than ``timeout`` seconds."""
        self._line.settimeout(timeout)
        ready = self._line.recv(1, socket.MSG_PEEK)
        said = agent.receive(self._line) if ready else None
        self._line.settimeout(None)
        return said

    def ask(self, number: int, request: Request) -> queue.SimpleQueue[Frame]:
        """Send ``request`` as ``number``; its answer comes out of the returned queue."""
        answers: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        with self._lock:
            self._waiting[number] = answers
            if self._gone or not self._sent(number, request):
                answers.put(None)
        return answers

    def pending(self) -> frozenset[int]:
        """Return the numbers of the requests that are not answered yet."""
        with self._lock:
            return frozenset(self._waiting)

    def close(self) -> None:
        """End the conversation; the agent leaves."""
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def _sent(self, number: int, request: Request) -> bool:
        frame = {
            "id": number,
            "method": request.method,
            "target": request.target,
            "headers": completed(request, _AUTHORITY),
            "body": base64.b64encode(request.body).decode("ascii"),
        }
        try:
            agent.send(self._line, frame)
        except OSError:
            self.close()  # half a frame may be out: nothing that follows would be understood
            return False
        return True

    def _listen(self) -> None:
        while (frame := agent.receive(self._line)) is not None:
            with self._lock:
                waiting = self._waiting.pop(frame["id"], None)
            if waiting is not None:
                waiting.put(frame)
        with self._lock:
            self._gone = True
            for waiting in self._waiting.values():
                waiting.put(None)
            self._waiting.clear()
        self._line.close()


class WsgiConnection:
    """What stands for a connection: one request at a time, and a number instead of a port."""

    def __init__(self, conversation: Conversation, number: int) -> None:
        self.local_port = number
        self.usable = True
        self._conversation = conversation

    def exchange(self, message: Request | Wire, *, timeout: float, give_up_after: float | None = None) -> Reply:
        """Call the application with ``message``. TypeError for a Wire: there is no wire here."""
        if isinstance(message, Wire):
            raise TypeError("exact bytes need a real server; a WSGI target carries requests only")
        leaves = give_up_after is not None and give_up_after < timeout
        sent = time.monotonic_ns()
        answers = self._conversation.ask(self.local_port, message)
        try:
            frame = answers.get(timeout=give_up_after if leaves else timeout)
        except queue.Empty:
            self.usable = False
            silence = Silence.ABANDONED if leaves else Silence.TIMEOUT
            return Reply(sent_at=sent, done_at=time.monotonic_ns(), silence=silence)
        done = time.monotonic_ns()
        if frame is None:
            self.usable = False
            return Reply(
                sent_at=sent, done_at=done, silence=Silence.CLOSED, detail="the application's process hears no more"
            )
        return Reply(sent_at=sent, done_at=done, answers=(_answer(frame),))

    def close(self) -> None:
        """Leave; the application is not told."""
        self.usable = False

    def reset(self) -> None:
        """Leave; the application is not told."""
        self.usable = False


class WsgiInstance:
    """A WSGI application in a child process under its watchdog."""

    def __init__(
        self, number: int, app: str, place: Place, supervised: Supervised, line: socket.socket, recorder: Recorder
    ) -> None:
        self.number = number
        self.authority = _AUTHORITY
        self.description = f"WSGI application {app} in a process of its own"
        self.capabilities = _CAPABILITIES
        self.environment: Mapping[str, str] = place.environment
        self.place = place
        self.conversation = Conversation(line)
        self._supervised = supervised
        self._lives = Lives(number, supervised, place.logs, recorder, workers=0)
        self._readers = readers(place, number)
        self._recorder = recorder
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def connect(self, timeout: float) -> WsgiConnection:
        """Return a connection of its own number; there is nothing to wait for."""
        del timeout
        return WsgiConnection(self.conversation, next(self._numbers))

    def fetch(self, route: Route, timeout: float) -> Answer | None:
        """Ask for ``route``, unrecorded."""
        return fetched(self.connect(timeout), self.authority, route, timeout)

    def still_open(self, local_ports: Iterable[int]) -> tuple[int, ...]:
        """Return which of these connections the application still works for."""
        return tuple(sorted(self.conversation.pending() & set(local_ports)))

    def worker_of(self, local_port: int) -> int:
        """Return the pid of the one process."""
        del local_port
        return self._supervised.pid

    def pausing(self, pids: Iterable[int]) -> AbstractContextManager[None]:
        """Keep processes of this service stopped inside the block."""
        own = set(self._supervised.pids())
        return proc.pausing(pid for pid in pids if pid in own)

    def processes(self) -> tuple[int, ...]:
        """Return every living process of the service."""
        return self._supervised.pids()

    def look(self) -> None:
        """Record the death of the process."""
        with self._lock:
            self._lives.look()

    def read_log(self) -> None:
        """Record new log lines."""
        with self._lock:
            for reader in self._readers:
                reader.read(self._recorder)

    def stop(self) -> None:
        """Take everything down."""
        with self._lock:
            self._lives.stop()
        self.conversation.close()

    def await_ready(self, service: Service, clock: Clock) -> None:
        """Wait for the import and for the ready route; TargetError tells what the import raised."""
        started = clock.now()
        self._await_import(service)
        self.conversation.listen()
        poll = self._supervised.poll
        await_ready(service, self.description, ask=self._asked, ended=poll, logs=self.place.logs, clock=clock)
        self._lives.ready((clock.now() - started) / SECOND)

    def _asked(self, route: Route, timeout: float) -> Reply:
        return asked(self.connect(timeout), self.authority, route, timeout)

    def _await_import(self, service: Service) -> None:
        try:
            said = self.conversation.first(service.start_timeout)
        except TimeoutError as error:
            raise TargetError(
                f"{service.app} was not imported within {service.start_timeout:g} s", detail=tail(self.place.logs)
            ) from error
        if said is None:
            raise died(self.description, self._supervised.poll() or 0, self.place.logs)
        if "failed" in said:
            raise _failed(service, said)


def _failed(service: Service, said: dict[str, Any]) -> TargetError:
    return TargetError(f"the application {service.app} failed to start: {said['raised']}", detail=str(said["failed"]))


def imported(service: Service, *, env: Mapping[str, str], logs: Path) -> TargetError | None:
    """Import ``service.app`` in a process and a place of its own; return what it raised, None: nothing in time."""
    place = prepare(service, env, logs, "import")
    os.close(place.descriptor)
    ours, supervised = _begun(service, place)
    try:
        said = Conversation(ours).first(min(service.start_timeout, _IMPORT_BOUND))
    except TimeoutError:
        return None
    finally:
        supervised.stop()
        ours.close()
    if said is None:
        return TargetError(f"the application {service.app} ends its process while it is imported")
    return _failed(service, said) if "failed" in said else None


def _begun(service: Service, place: Place) -> tuple[socket.socket, Supervised]:
    """Start the agent at ``place``; return our end of the conversation and its process."""
    ours, theirs = socket.socketpair()
    with theirs:
        descriptor = theirs.fileno()
        recipe = Recipe(
            arguments=(sys.executable, "-P", str(_AGENT), str(descriptor), service.app),
            description="WSGI",
            capabilities=_CAPABILITIES,
        )
        return ours, Supervised(order(recipe, service, place, (descriptor,)))


def start(
    service: Service, *, number: int, env: Mapping[str, str], logs: Path, recorder: Recorder, clock: Clock
) -> WsgiInstance:
    """Start ``service.app`` in a child process and wait until it is ready; on failure nothing is left running."""
    place = prepare(service, env, logs, f"instance-{number}")
    os.close(place.descriptor)
    ours, supervised = _begun(service, place)
    instance = WsgiInstance(number, service.app, place, supervised, ours, recorder)
    try:
        instance.await_ready(service, clock)
    except BaseException:
        # Interrupted or failed: the child must not outlive the wait.
        instance.stop()
        raise
    return instance


def _answer(frame: dict[str, Any]) -> Answer:
    return Answer(
        status=frame["status"],
        reason=frame["reason"],
        headers=tuple((name, value) for name, value in frame["headers"]),
        body=base64.b64decode(frame["body"]),
        clipped=frame["clipped"],
        complete=frame["complete"],
    )
