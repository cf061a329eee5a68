"""A ledger on loopback for tests: it counts calls and effects, and misbehaves byte by byte when told to.

It serves as any other dependency as well: what it says is up to ``behave``.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

END_OF_HEADERS = b"\r\n\r\n"
DRIP = 0.05  # seconds between two bytes

Behaviour = Callable[[socket.socket, threading.Event], None]


@dataclass(frozen=True, slots=True)
class Call:
    """One request that arrived: its Idempotency-Key, X-Request-Id and JSON document, then all that came with it."""

    key: str
    request_id: str
    document: dict[str, object]
    target: str = ""  # method and path, as they were sent
    headers: Mapping[str, str] = field(default_factory=dict)  # by lower-case name


@dataclass(slots=True)
class Ledger:
    """The server's memory. ``behave`` answers a call; replace it to make trouble, or ``shut`` the door altogether."""

    url: str
    behave: Behaviour
    door: socket.socket
    calls: list[Call] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def keys(self) -> list[str]:
        """List the keys of all calls, in order of arrival."""
        return [call.key for call in self.calls]

    def effects(self) -> set[str]:
        """List the events that took place: calls under one key are one."""
        return set(self.keys())

    def shut(self) -> None:
        """Listen no more: whoever calls is refused."""
        with suppress(OSError):  # shut already
            self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()

    def reopen(self) -> None:
        """Listen again, at the same address."""
        self.door = socket.create_server(("127.0.0.1", int(self.url.rpartition(":")[2])), backlog=128)
        threading.Thread(target=accept, args=(self.door, self), daemon=True).start()


def answer(status: str, body: bytes, *headers: bytes) -> bytes:
    """Write a whole answer."""
    lines = [b"HTTP/1.1 " + status.encode(), b"Content-Length: %d" % len(body), b"Connection: close", *headers]
    return b"\r\n".join(lines) + END_OF_HEADERS + body


CONFIRMED = answer("201 Created", b'{"id": "entry-1"}', b"Content-Type: application/json")


def says(raw: bytes) -> Behaviour:
    """Send these bytes, then close."""

    def behave(connection: socket.socket, _stop: threading.Event) -> None:
        connection.sendall(raw)

    return behave


def drips(raw: bytes, at_once: int = 0) -> Behaviour:
    """Send ``at_once`` bytes, then the rest one at a time, so that no single read ever waits for long."""

    def behave(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(raw[:at_once])
        for index in range(at_once, len(raw)):
            if stop.wait(DRIP):
                return
            connection.sendall(raw[index : index + 1])

    return behave


def hangs(_connection: socket.socket, stop: threading.Event) -> None:
    """Say nothing until the test ends."""
    stop.wait(30)


def resets(connection: socket.socket, _stop: threading.Event) -> None:
    """Close with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def slow(seconds: float) -> Behaviour:
    """Confirm after a while."""

    def behave(connection: socket.socket, _stop: threading.Event) -> None:
        time.sleep(seconds)
        connection.sendall(CONFIRMED)

    return behave


@contextmanager
def running_ledger() -> Iterator[Ledger]:
    """Serve until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    ledger = Ledger(url=f"http://127.0.0.1:{listener.getsockname()[1]}", behave=says(CONFIRMED), door=listener)
    threading.Thread(target=accept, args=(listener, ledger), daemon=True).start()
    try:
        yield ledger
    finally:
        ledger.stop.set()
        ledger.shut()


def accept(listener: socket.socket, ledger: Ledger) -> None:
    """Give each connection a thread."""
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, ledger), daemon=True).start()


def serve(connection: socket.socket, ledger: Ledger) -> None:
    """Read one request, remember it, behave, close."""
    with connection, suppress(OSError):
        call = read_call(connection)
        if call is not None:
            ledger.calls.append(call)
            ledger.behave(connection, ledger.stop)


def read_call(connection: socket.socket) -> Call | None:
    """Read a request; None when the client went away."""
    raw = b""
    while END_OF_HEADERS not in raw:
        piece = connection.recv(65536)
        if not piece:
            return None
        raw += piece
    head, _, body = raw.partition(END_OF_HEADERS)
    first, *rest = head.decode("latin-1").split("\r\n")
    lines = [line.partition(":") for line in rest]
    headers = {name.lower(): value.strip() for name, _, value in lines}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    key, request_id = headers.get("idempotency-key", ""), headers.get("x-request-id", "")
    return Call(key, request_id, json.loads(body or b"{}"), first.removesuffix(" HTTP/1.1"), headers)


def dead_address() -> str:
    """Return the address of a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
