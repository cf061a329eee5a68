"""A connection on which an answer came too late is used again, and its next user reads that answer as his own.

Family: timeout. Found by: T28 (success-means-effect; the answer comes after we gave up, the next call is refused).
In real life: connections were kept to save a handshake. For eleven minutes after a slow query every answer belonged to
the call before it: confirmations for entries that were refused, refusals for entries that were taken.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import replace
from http.client import HTTPException, HTTPResponse
from queue import Empty, LifoQueue
from urllib.parse import urlsplit

from sample_app.context import Context
from sample_app.defects.kind import Defect
from sample_app.ledger.client import Emit, LedgerFailure, check_reply, headers_of
from sample_app.outbound.deadline import Deadline
from sample_app.outbound.exchange import Reply
from sample_app.outbound.failures import CallFailure
from sample_app.parts import Parts
from sample_app.records import StoredBatch
from sample_app.settings import Settings
from sample_app.store.database import Database


class Connections:
    """Kept connections to one host; a broken one is closed and forgotten, any other is free for the next call."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._address = (parts.hostname or "", parts.port or 80)
        self._host = parts.netloc
        self._free: LifoQueue[socket.socket] = LifoQueue()

    def post(self, path: str, headers: Mapping[str, str], body: bytes, deadline: Deadline) -> Reply:
        """Send a request and read its answer; OSError and HTTPException where there is none."""
        connection = self._take(deadline)
        try:
            connection.settimeout(deadline.remaining())
            connection.sendall(head(path, {**headers, "Host": self._host}, body) + body)
            reply = read(connection, deadline)
        except TimeoutError:
            self._free.put(connection)
            raise
        except BaseException:
            connection.close()
            raise
        self._free.put(connection)
        return reply

    def _take(self, deadline: Deadline) -> socket.socket:
        """Take the connection that was used last, or make one."""
        try:
            return self._free.get_nowait()
        except Empty:
            return socket.create_connection(self._address, timeout=deadline.remaining())


def head(path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Write the request line and the header block."""
    fields = {**headers, "Content-Length": str(len(body))}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def read(connection: socket.socket, deadline: Deadline) -> Reply:
    """Read one answer; its bytes are there at once or not at all, so one timeout for all of them is enough."""
    connection.settimeout(deadline.remaining())
    response = HTTPResponse(connection, method="POST")
    response.begin()
    return Reply(status=response.status, body=response.read())


def emitter(settings: Settings) -> Emit:
    """Build an emit stage on kept connections. One the ledger closed meanwhile is replaced by a new one."""
    connections = Connections(settings.ledger_url)
    path = f"{urlsplit(settings.ledger_url).path}/entries"

    def emit(batch: StoredBatch, entry: bytes, context: Context) -> None:
        """Send the entry of a batch and check that the ledger confirmed it."""
        deadline, headers = context.deadline.within(settings.ledger_deadline), headers_of(batch, context)
        try:
            try:
                reply = connections.post(path, headers, entry, deadline)
            except ConnectionError:
                reply = connections.post(path, headers, entry, deadline)
            check_reply(reply)
        except TimeoutError as late:
            raise LedgerFailure("late", "the deadline passed") from late
        except OSError as broken:
            raise LedgerFailure("unavailable", "no answer came") from broken
        except HTTPException as broken:
            raise LedgerFailure("broken", "the answer is cut or malformed") from broken
        except CallFailure as failure:
            raise LedgerFailure(failure.kind, failure.detail, retry_after=failure.retry_after) from failure

    return emit


def install(parts: Parts, settings: Settings, _database: Database) -> Parts:
    """Keep connections."""
    return replace(parts, emit=emitter(settings))


KEPT_CONNECTION = Defect(
    name="kept-connection",
    family="timeout",
    entry="T28",
    check="success-means-effect",
    combination=True,
    story="Connections were kept to save a handshake. For eleven minutes after a slow query every answer belonged to "
    "the call before it: confirmations for entries that were refused, and the other way round.",
    install=install,
)
