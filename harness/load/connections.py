"""Pooled keep-alive connections to one service, one request at a time on each.

Written on plain sockets, so that it runs under gevent's (in the generator) and the system's alike. Nothing is
ever sent twice: a request that fails stays failed, and whoever reads the log judges it.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable

import httptools

from harness.clock import SECOND
from harness.model.messages import Silence
from harness.model.records import record

FRESH = 0.5
"""Seconds after which an idle connection is not used again: servers close theirs after about a second or more, and a
request that crosses that close on the wire is lost without anyone's fault."""

STALE = "stale"
"""A used connection ended before a byte of the answer: the server may have closed it while it was idle
(RFC 9112 section 9.3.1), so this alone shows no fault."""

CUT = "cut"
"""The answer ended before its framing said so."""

GARBAGE = "garbage"
"""What came is no HTTP/1.x answer, or a header block without end."""

KEPT = 1 << 20
"""Bytes of a body that are kept; the rest is read and dropped: an endless one must not fill the memory."""

HEAD = 1 << 18
"""Bytes that may come before the body, interim answers (1xx) included; beyond that it is no answer."""

DRIP = 0.25
"""Seconds between two bytes of a slow client."""

PATIENCE = 5.0
"""Seconds that a slow client itself waits for the network."""

_PIECE = 65_536


@record
class Received:
    """What came of one request: ``status`` 0 with the reason in ``silence``, or a whole answer."""

    status: int = 0
    silence: str = ""
    body: bytes = b""


class Pool:
    """Connections to ``authority`` (``host:port``); opens one whenever none is idle, so arrivals never queue."""

    def __init__(self, authority: str, now: Callable[[], int] = time.monotonic_ns) -> None:
        host, _, port = authority.rpartition(":")
        self._address = (host.strip("[]"), int(port))
        self._idle: deque[tuple[socket.socket, int]] = deque()
        self._now = now

    def exchange(self, data: bytes, timeout: float) -> Received:
        """Send ``data`` and read the answer, all within ``timeout`` seconds."""
        deadline = self._now() + round(timeout * SECOND)
        link = self._taken()
        used = link is not None
        try:
            link = link or socket.create_connection(self._address, timeout=timeout)
        except OSError as error:
            return Received(silence=_silence(error))
        keep = False
        try:
            reading = _Reading()
            try:
                link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                link.settimeout(timeout)
                link.sendall(data)
                received = self._read(link, reading, deadline)
            except OSError as error:
                received = Received(silence=_silence(error))
            if used and not reading.begun and received.silence in (Silence.CLOSED, Silence.RESET):
                received = Received(silence=STALE)
            keep = reading.keep_alive
            return received
        finally:
            # Also where a greenlet is killed here: the connection is in the middle of an answer then.
            self._put_back(link) if keep else link.close()

    def drip(self, data: bytes, sleep: Callable[[float], None], every: float = DRIP) -> Received:
        """Send ``data`` but for its last byte, the body a byte at a time with ``every`` seconds between; never finish.

        Returns what the server did about it before its patience ended ours; whoever kills the caller ends it.
        """
        head, blank, body = data.partition(b"\r\n\r\n")
        try:
            with socket.create_connection(self._address, timeout=PATIENCE) as link:
                link.sendall(head + blank)
                for place in range(len(body) - 1):
                    link.sendall(body[place : place + 1])
                    sleep(every)
                while True:
                    sleep(every)
        except OSError as error:
            return Received(silence=_silence(error))

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop()[0].close()

    def _taken(self) -> socket.socket | None:
        """Return the connection that is idle longest, if it is fresh and the server has not closed it.

        Each connection belongs to one worker: taking the one used last would keep all requests with one of them.
        """
        while self._idle:
            link, since = self._idle.popleft()
            if self._now() - since <= FRESH * SECOND and _quiet(link):
                return link
            link.close()
        return None

    def _put_back(self, link: socket.socket) -> None:
        self._idle.append((link, self._now()))

    def _read(self, link: socket.socket, reading: _Reading, deadline: int) -> Received:
        while not reading.whole:
            left = (deadline - self._now()) / SECOND
            if left <= 0:
                return Received(silence=Silence.TIMEOUT)
            link.settimeout(left)
            piece = link.recv(_PIECE)
            if not piece:
                return reading.ended()
            try:
                reading.feed(piece)
            except httptools.HttpParserError:
                return Received(silence=GARBAGE)
        return reading.received()


class _Reading:
    """One answer on its way in; the parser calls the ``on_`` methods."""

    def __init__(self) -> None:
        self.begun = self.whole = self.keep_alive = False
        self._framed = self._headed = False
        self._body = bytearray()
        self._before = 0
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, piece: bytes) -> None:
        self.begun = True
        self._parser.feed_data(piece)
        self._before += 0 if self._headed else len(piece)
        if self._before > HEAD:
            raise httptools.HttpParserError("a header block without end")

    def on_header(self, name: bytes, _value: bytes) -> None:
        self._framed = self._framed or name.lower() in (b"content-length", b"transfer-encoding")

    def on_headers_complete(self) -> None:
        self._headed = self._parser.get_status_code() >= 200

    def on_body(self, piece: bytes) -> None:
        self._body += piece[: KEPT - len(self._body)]

    def on_message_complete(self) -> None:
        if self._headed:  # an interim answer (1xx) is not the answer
            self.whole = True
            self.keep_alive = self._parser.should_keep_alive()

    def ended(self) -> Received:
        """Return what the end of the connection makes of what came: a body without framing ends with it."""
        if not self.begun:
            return Received(silence=Silence.CLOSED)
        if self._headed and not self._framed:
            return self.received()
        return Received(silence=CUT)

    def received(self) -> Received:
        return Received(status=self._parser.get_status_code(), body=bytes(self._body))


def _silence(error: OSError) -> str:
    """Return the word for ``error``; errors of the generator's own machine keep their message."""
    if isinstance(error, TimeoutError):
        return Silence.TIMEOUT
    if isinstance(error, ConnectionRefusedError):
        return Silence.REFUSED
    if isinstance(error, (ConnectionResetError, BrokenPipeError)):
        return Silence.RESET
    return f"error: {error}"


def _quiet(link: socket.socket) -> bool:
    """Say whether nothing waits to be read: an end or unasked bytes make the connection unusable."""
    link.setblocking(False)
    try:
        link.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        link.setblocking(True)
    return False
