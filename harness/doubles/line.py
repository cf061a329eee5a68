"""One connection of a caller: bytes in, whole calls out, one answered after the other (RFC 9112, section 9.3.2)."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from typing import Protocol, cast

import httptools

from harness.doubles.asked import Asked, read_call
from harness.doubles.responses import Response
from harness.model.messages import Headers

HEAD = 1 << 20
"""Bytes that the header block of a call may have; a caller that never ends it must not fill our memory."""
BODY = 16 << 20
"""Bytes that a whole call may have."""
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER on with zero seconds: close sends RST instead of FIN (socket(7))."""


class Desk(Protocol):
    """Where the calls of all connections are dealt with; ``shut``: no connection is kept open for another call."""

    shut: bool

    def opened(self, line: Line) -> None:
        """Take a connection that was made."""
        ...

    def lost(self, line: Line) -> None:
        """Forget a connection that is gone."""
        ...

    def stirred(self) -> None:
        """Note that bytes came in."""
        ...

    def receive(self, line: Line, asked: Asked) -> None:
        """Deal with a whole call; the next one of this line comes once this one was answered or closed."""
        ...

    def garbled(self, line: Line, data: bytes, error: str) -> None:
        """Deal with ``data`` that is not HTTP/1.x."""
        ...


class Line(asyncio.Protocol):
    """Reads calls with llhttp. Its callbacks only collect: what they raise would look like a caller's fault."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._parser = httptools.HttpRequestParser(self)
        self._ready: deque[tuple[Asked, bool] | tuple[bytes, str]] = deque()
        self._keep = True
        self._fed = 0
        self._most = HEAD
        self.reading = False
        self.busy = False
        self._hangup: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start to read."""
        self._transport = cast("asyncio.Transport", transport)
        self._desk.opened(self)

    def connection_lost(self, _: Exception | None) -> None:
        """Tell whoever holds the call of this connection that nobody waits for its answer."""
        if self._hangup and not self._hangup.done():
            self._hangup.set_result(None)
        self._desk.lost(self)

    def data_received(self, data: bytes) -> None:
        """Parse, then deal with the calls that are whole."""
        self._desk.stirred()
        if self.gone:
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._ignore_upgrade()
        except httptools.HttpParserError as error:
            self._ready.append((data, str(error)))
        else:
            self._count(data)
        self._deal()

    def _count(self, data: bytes) -> None:
        """Give up on a call that grows and does not end."""
        self._fed = self._fed + len(data) if self.reading else 0
        if self._fed > self._most:
            self.reading = False
            self._ready.append((data[:HEAD], f"a call of more than {self._most:,} bytes that did not end"))

    def _ignore_upgrade(self) -> None:
        """Answer in HTTP/1.1 (RFC 9110, section 7.8 allows it), then close: the parser reads no further."""
        asked, _ = cast("tuple[Asked, bool]", self._ready.pop())
        self._ready.append((asked, False))

    def on_message_begin(self) -> None:
        """Parser: a call begins."""
        self.reading = True
        self._fed, self._most = 0, HEAD
        self._url = b""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []

    def on_url(self, url: bytes) -> None:
        """Parser: a piece of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Parser: a field."""
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """Parser: the header block is whole; a caller that waits for leave to send its body gets it."""
        self._most = BODY
        expects = any(name.lower() == "expect" and value.lower() == "100-continue" for name, value in self._headers)
        if expects and not self.busy and not self._ready:
            self._transport.write(_CONTINUE)

    def on_body(self, body: bytes) -> None:
        """Parser: a piece of the body, its coding taken off."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Parser: the call is whole."""
        self.reading = False
        method, headers = self._parser.get_method().decode("ascii"), cast("Headers", tuple(self._headers))
        asked = read_call(method, self._url.decode("latin-1"), headers, b"".join(self._body))
        self._ready.append((asked, self._parser.should_keep_alive()))

    def _deal(self) -> None:
        """Hand over what is ready, one at a time."""
        while self._ready and not self.busy and not self.gone:
            self.busy = True
            first, second = self._ready.popleft()
            if isinstance(first, bytes):
                self._keep, self._head_only = False, False
                self._desk.garbled(self, first, str(second))
            else:
                self._keep, self._head_only = bool(second), first.method == "HEAD"
                self._desk.receive(self, first)

    def hangup(self) -> asyncio.Future[None]:
        """Return what is done once the caller of the call at hand has hung up."""
        if self._hangup is None:
            self._hangup = asyncio.get_running_loop().create_future()
        return self._hangup

    @property
    def gone(self) -> bool:
        """Whether the connection is closed or closing, by either side."""
        return self._transport.is_closing()

    def answer(self, response: Response) -> None:
        """Send a whole answer; close after it where the caller wants that, or where the door is shut."""
        self._keep = self._keep and not self._desk.shut
        self._transport.write(response.encoded(keep=self._keep, head_only=self._head_only))
        self._finished()

    def push(self, data: bytes) -> int:
        """Send a piece of an answer; return how many bytes the caller has not taken yet."""
        if not self.gone:
            self._transport.write(data)
        return self._transport.get_write_buffer_size()

    def close(self, last: bytes = b"") -> None:
        """Send ``last``, then FIN."""
        self._transport.write(last)
        self._keep = False
        self._finished()

    def reset(self) -> None:
        """Send RST."""
        connection = cast("socket.socket | None", self._transport.get_extra_info("socket"))
        if connection is not None and connection.fileno() >= 0:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()

    def _finished(self) -> None:
        """Make way for the next call, which is dealt with later: a pipeline of a thousand must not recurse."""
        self.busy = False
        self._hangup = None
        if not self._keep:
            self._transport.close()
        elif self._ready:
            asyncio.get_running_loop().call_soon(self._deal)
