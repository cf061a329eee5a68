"""One direction of a connection, cut into HTTP/1.x messages while its bytes come (RFC 9112). A state machine, no I/O.

What is no HTTP, or may be read in two ways, is kept as it is: from there on the direction is opaque, one message to
its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.model.messages import Headers

_HEAD = 1 << 20
"""Bytes that a head may have; beyond it the direction is opaque."""

_REQUEST_LINE = re.compile(r"(?P<method>[!#$%&'*+.^`|~\w-]+) (?P<target>\S+) HTTP/1\.[01]", re.ASCII)
_STATUS_LINE = re.compile(r"HTTP/1\.[01] (?P<status>[1-9]\d\d)(?: (?P<reason>.*))?", re.ASCII)
_FIELD = re.compile(r"(?P<name>[!#$%&'*+.^`|~\w-]+):[ \t]*(?P<value>.*?)[ \t]*", re.ASCII | re.DOTALL)
_CHUNK_SIZE = re.compile(rb"(?P<size>[0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]*)?")


@dataclass(kw_only=True, slots=True)
class Message:
    """One message as it came. ``began`` and ``last`` are the seconds of its first and its last byte.

    ``raw`` are its bytes as sent, as far as they are kept; ``size`` counts all. ``pieces`` tells when the bytes from an
    offset on came, ``spans`` where in them the body lies. ``readable``: its head was understood, and what follows it.
    """

    began: float
    last: float = 0.0
    raw: bytearray = field(default_factory=bytearray)
    size: int = 0
    spans: list[tuple[int, int]] = field(default_factory=list)
    pieces: list[tuple[int, float]] = field(default_factory=list)
    first: str = ""
    headers: Headers = ()
    method: str = ""
    target: str = ""
    status: int = 0
    reason: str = ""
    chunked: bool = False
    readable: bool = False
    complete: bool = False

    @property
    def clipped(self) -> bool:
        """Whether not all of it was kept."""
        return self.size > len(self.raw)

    @property
    def body(self) -> bytes:
        """The body as far as it was kept, without any transfer coding."""
        return b"".join(bytes(self.raw[start:end]) for start, end in self.spans)


@dataclass(kw_only=True, slots=True)
class Splitter:
    """Cuts a direction. ``begun`` hears of each message with its first byte, ``over`` of its end.

    ``bodiless`` tells by the status of an answer whether no body follows its head (None: the messages are requests).
    ``room`` says how many of so many bytes may be kept of a message that has kept so many.
    """

    begun: Callable[[Message], None]
    over: Callable[[Message], None]
    room: Callable[[int, int], int]
    bodiless: Callable[[int], bool] | None = None
    opaque: bool = False
    _message: Message | None = None
    _step: str = "head"
    _left: int = 0
    _line: bytes = b""

    def feed(self, data: bytes, at: float) -> None:
        """Take the next bytes, which came ``at`` (seconds)."""
        while data:
            if self._message is None:
                data = data if self.bodiless else data.lstrip(b"\r\n")  # RFC 9112, section 2.2
                if not data:
                    return
                self._begin(at)
            data = _STEPS["opaque" if self.opaque else self._step](self, data, at)

    @property
    def under_way(self) -> Message | None:
        """The message that has begun and not ended."""
        return self._message

    def end(self, at: float) -> None:
        """Take the end of the direction: an answer without a length ends with it, anything else is cut."""
        message = self._message
        if message is not None:
            message.complete = self._step == "to the end" and not self.opaque
            self._finish(message, message.last if message.size else at)

    def _begin(self, at: float) -> None:
        self._message = Message(began=at)
        self._step, self._line = "head", b""
        self.begun(self._message)

    def _finish(self, message: Message, at: float) -> None:
        message.last = at
        self._message = None
        self.over(message)

    def _keep(self, data: bytes, at: float) -> Message:
        message = self._message
        assert message is not None
        message.last = at
        if message.size == len(message.raw):
            if not message.pieces or message.pieces[-1][1] != at:
                message.pieces.append((message.size, at))
            message.raw += data[: self.room(len(message.raw), len(data))]
        message.size += len(data)
        return message

    def in_head(self, data: bytes, at: float) -> bytes:
        """Take bytes up to the empty line that ends a head."""
        message = self._message
        assert message is not None
        before = len(message.raw)
        whole = bytes(message.raw[max(0, before - 3) :]) + data
        found = whole.find(b"\r\n\r\n")
        taken = len(data) if found < 0 else found + 4 - (len(whole) - len(data))
        self._keep(data[:taken], at)
        if found >= 0:
            self._understand(message, at)
        elif message.size > _HEAD:
            self.opaque = True
        return data[taken:]

    def _understand(self, message: Message, at: float) -> None:
        """Read a head, and tell what follows it."""
        lines = bytes(message.raw[:-4]).decode("latin-1").split("\r\n")
        message.first = lines[0]
        fields = [_FIELD.fullmatch(line) for line in lines[1:]]
        start = (_STATUS_LINE if self.bodiless else _REQUEST_LINE).fullmatch(lines[0])
        if start is None or None in fields:
            self.opaque = True
            return
        message.headers = tuple((found["name"], found["value"]) for found in fields if found)
        told = start.groupdict()
        message.method, message.target = told.get("method", ""), told.get("target", "")
        message.status, message.reason = int(told.get("status", 0)), told.get("reason") or ""
        follows = self._follows(message)
        message.readable = follows is not None
        if follows is None:
            self.opaque = True
            return
        self._step = follows
        if follows == "nothing":
            message.complete = True
            self._finish(message, at)

    def _follows(self, message: Message) -> str | None:
        """Return what follows a head; None where it can be read in two ways, or no HTTP follows."""
        codings = _values(message.headers, "transfer-encoding")
        lengths = set(_values(message.headers, "content-length"))
        if message.method == "CONNECT" or message.status == 101:
            return None
        if self.bodiless and self.bodiless(message.status):
            return "nothing"
        if codings:
            message.chunked = True
            return "chunk size" if [coding.lower() for coding in codings] == ["chunked"] and not lengths else None
        if not lengths:
            return "to the end" if self.bodiless else "nothing"
        length = lengths.pop()
        if lengths or not (length.isascii() and length.isdecimal()):
            return None
        self._left = int(length)
        return "body" if self._left else "nothing"

    def in_body(self, data: bytes, at: float) -> bytes:
        """Take bytes of a body whose length is known."""
        piece, rest = data[: self._left], data[self._left :]
        message = self._put(piece, at)
        self._left -= len(piece)
        if not self._left:
            message.complete = True
            self._finish(message, at)
        return rest

    def to_the_end(self, data: bytes, at: float) -> bytes:
        """Take bytes of a body that ends with the direction."""
        self._put(data, at)
        return b""

    def _put(self, piece: bytes, at: float) -> Message:
        """Keep a piece of a body."""
        assert self._message is not None
        start = len(self._message.raw)
        message = self._keep(piece, at)
        end = len(message.raw)
        if message.spans and message.spans[-1][1] == start:
            message.spans[-1] = message.spans[-1][0], end
        elif end > start:
            message.spans.append((start, end))
        return message

    def in_size(self, data: bytes, at: float) -> bytes:
        """Take the line with the size of a chunk."""
        line, rest = self._whole_line(data, at)
        if line is None:
            return rest
        found = _CHUNK_SIZE.fullmatch(line)
        if found is None:
            self.opaque = True
            return rest
        self._left = int(found["size"], 16)
        self._step = "chunk" if self._left else "trailer"
        return rest

    def in_chunk(self, data: bytes, at: float) -> bytes:
        """Take bytes of a chunk."""
        piece, rest = data[: self._left], data[self._left :]
        self._put(piece, at)
        self._left -= len(piece)
        if not self._left:
            self._step = "chunk end"
        return rest

    def after_chunk(self, data: bytes, at: float) -> bytes:
        """Take the line end behind a chunk."""
        line, rest = self._whole_line(data, at)
        if line is not None:
            self._step = "chunk size"
            self.opaque = line != b""
        return rest

    def in_trailer(self, data: bytes, at: float) -> bytes:
        """Take lines up to the empty one that ends the message."""
        line, rest = self._whole_line(data, at)
        if line == b"" and self._message is not None:
            self._message.complete = True
            self._finish(self._message, at)
        return rest

    def _whole_line(self, data: bytes, at: float) -> tuple[bytes | None, bytes]:
        """Return the line that is whole now without its end (None: it is not yet), and what is behind it."""
        piece, feed, rest = data.partition(b"\n")
        self._keep(piece + feed, at)
        self._line += piece + feed
        if not feed:
            self.opaque = len(self._line) > _HEAD
            return None, rest
        line, self._line = self._line, b""
        if not line.endswith(b"\r\n"):
            self.opaque = True
            return None, rest
        return line[:-2], rest

    def without_reading(self, data: bytes, at: float) -> bytes:
        """Take bytes that are not understood."""
        self._keep(data, at)
        return b""


def _values(headers: Headers, name: str) -> list[str]:
    return [value.strip() for key, value in headers if key.lower() == name]


_STEPS: Mapping[str, Callable[[Splitter, bytes, float], bytes]] = {
    "head": Splitter.in_head,
    "body": Splitter.in_body,
    "to the end": Splitter.to_the_end,
    "chunk size": Splitter.in_size,
    "chunk": Splitter.in_chunk,
    "chunk end": Splitter.after_chunk,
    "trailer": Splitter.in_trailer,
    "opaque": Splitter.without_reading,
}
"""What takes the next bytes, by what is expected next; each returns the bytes that it left."""
