"""A double of a small ledger service, and raw callers that say exactly what came back."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from harness.clock import SystemClock
from harness.doubles import Double
from harness.history.memory import MemoryRecorder
from harness.model.events import Happening
from harness.model.faults import Fault, Landed
from harness.model.services import AnswerScript, Call, Dependency, EffectKind, Route, Selector

ENTRIES = Call(
    route=Route(method="POST", path="/entries"),
    effect=EffectKind.KEYED,
    key=(Selector(place="header", name="Idempotency-Key"),),
    answer=AnswerScript(status=201, json={"n": "{n}"}),
    store="/entries",
)
TICKS = Call(
    route=Route(method="POST", path="/ticks/{name}"), effect=EffectKind.UNKEYED, answer=AnswerScript(status=204)
)
RATES = Call(route=Route(method="GET", path="/rates"), answer=AnswerScript(json=[1, 2]))
LEDGER = Dependency(name="ledger", env="LEDGER_URL", calls=(ENTRIES, TICKS, RATES))

NO_SETTINGS: Mapping[str, float | str] = MappingProxyType({})

BODY = b'{"amount": 7}'


class Stage:
    """A running double, its recorder, and callers."""

    def __init__(self, double: Double, recorder: MemoryRecorder) -> None:
        self.double = double
        self.recorder = recorder
        self.port = int(double.url.rpartition(":")[2])

    def told(self, *kinds: type[Happening]) -> list[Happening]:
        """Return what was recorded, of these kinds or of all."""
        return [event.what for event in self.recorder.events if not kinds or isinstance(event.what, kinds)]

    def connect(self) -> socket.socket:
        """Return a new connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def ask(self, data: bytes) -> tuple[bytes, str]:
        """Send ``data`` on a connection of its own; return all that came and how the double ended it."""
        with self.connect() as connection:
            connection.sendall(data)
            return to_the_end(connection)

    def arm(
        self,
        kind: str,
        settings: Mapping[str, float | str] = NO_SETTINGS,
        *,
        call: str = "POST /entries",
        first: int = 1,
        times: int = 0,
        landed: Landed | None = None,
    ) -> Fault:
        """Arm a fault of this kind, called ``the-<kind>``, and return it."""
        fault = Fault(
            id=f"the-{kind}",
            dependency="ledger",
            kind=kind,
            call=call,
            first=first,
            times=times,
            landed=landed,
            settings=settings,
        )
        self.double.arm(fault)
        return fault


def post(key: str | None = "k1", body: bytes = BODY, *, more: bytes = b"Connection: close\r\n") -> bytes:
    """Return the bytes of an entry, with its key unless that is None."""
    keyed = f"Idempotency-Key: {key}\r\n".encode() if key is not None else b""
    head = b"POST /entries HTTP/1.1\r\nHost: ledger\r\n" + keyed + more
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def get(path: str, *, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: ledger\r\nConnection: close\r\n\r\n".encode()


def answered(status: str, body: bytes, *fields: str, length: int | None = None) -> bytes:
    """Return the bytes of a last answer on a connection."""
    lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, "Connection: close"]).encode() + b"\r\n\r\n" + body


JSON = "Content-Type: application/json"


def to_the_end(connection: socket.socket) -> tuple[bytes, str]:
    """Read until the other side ends the connection; return the bytes and how it ended."""
    received = b""
    try:
        while data := connection.recv(65536):
            received += data
    except ConnectionResetError:
        return received, "reset"
    return received, "closed"


def until(holds: Callable[[], bool], bound: float = 10.0) -> None:
    """Poll until ``holds``; fail after ``bound`` seconds."""
    end = time.monotonic() + bound
    while not holds():
        assert time.monotonic() < end, "did not come true in time"
        time.sleep(0.002)


@contextmanager
def staged(dependency: Dependency = LEDGER) -> Iterator[Stage]:
    """Run a double of ``dependency``."""
    recorder = MemoryRecorder()
    double = Double(
        dependency, recorder=recorder, clock=SystemClock(), salt="salt", wall_now=lambda: "2026-01-01T00:00:00Z"
    )
    double.start()
    try:
        yield Stage(double, recorder)
    finally:
        double.stop()
