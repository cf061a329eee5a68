"""One direction of a connection, cut into HTTP/1.x messages while its bytes come (RFC 9112). A state machine, no I/O.

What is no HTTP, or may be read in two ways, is kept as it is: from there on the direction is opaque, one message to
its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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

    ``raw`` are its bytes as sent, ``size`` all of them; ``body`` is without any transfer coding. Both keep at most the
    bound. ``pieces`` tells when the bytes from an offset on came. ``readable``: its head was understood.
    """

    began: float
    last: float = 0.0
    raw: bytearray = field(default_factory=bytearray)
    body: bytearray = field(default_factory=bytearray)
    size: int = 0
    body_size: int = 0
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


@dataclass(kw_only=True, slots=True)
class Splitter:
    """Cuts a direction. ``begun`` hears of each message with its first byte, ``known`` once its head is there.

    ``bodiless`` tells by the status of an answer whether no body follows its head (None: the messages are requests).
    ``room`` says how many further bytes may be kept.
    """

    begun: Callable[[Message], None]
    known: Callable[[Message], None]
    over: Callable[[Message], None]
    room: Callable[[int], int]
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
            data = self._STEPS["opaque" if self.opaque else self._step](self, data, at)

    def end(self, at: float) -> None:
        """Take the end of the direction: an answer without a length ends with it, anything else is cut."""
        message = self._message
        if message is not None:
            message.complete = self._step == "to the end" and not self.opaque
            self._finish(message, at)

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
            message.raw += data[: self.room(len(data))]
        message.size += len(data)
        return message

    def _in_head(self, data: bytes, at: float) -> bytes:
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
        self.known(message)
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

    def _in_body(self, data: bytes, at: float) -> bytes:
        piece, rest = data[: self._left], data[self._left :]
        message = self._put(piece, at)
        self._left -= len(piece)
        if not self._left:
            message.complete = True
            self._finish(message, at)
        return rest

    def _to_the_end(self, data: bytes, at: float) -> bytes:
        self._put(data, at)
        return b""

    def _put(self, piece: bytes, at: float) -> Message:
        """Keep a piece of a body."""
        message = self._keep(piece, at)
        if message.body_size == len(message.body) and message.size == len(message.raw):
            message.body += piece
        message.body_size += len(piece)
        return message

    def _in_size(self, data: bytes, at: float) -> bytes:
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

    def _in_chunk(self, data: bytes, at: float) -> bytes:
        piece, rest = data[: self._left], data[self._left :]
        self._put(piece, at)
        self._left -= len(piece)
        if not self._left:
            self._step = "chunk end"
        return rest

    def _after_chunk(self, data: bytes, at: float) -> bytes:
        line, rest = self._whole_line(data, at)
        if line is not None:
            self._step = "chunk size"
            self.opaque = line != b""
        return rest

    def _in_trailer(self, data: bytes, at: float) -> bytes:
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

    def _without_reading(self, data: bytes, at: float) -> bytes:
        self._keep(data, at)
        return b""

    _STEPS = {
        "head": _in_head,
        "body": _in_body,
        "to the end": _to_the_end,
        "chunk size": _in_size,
        "chunk": _in_chunk,
        "chunk end": _after_chunk,
        "trailer": _in_trailer,
        "opaque": _without_reading,
    }


def _values(headers: Headers, name: str) -> list[str]:
    return [value.strip() for key, value in headers if key.lower() == name]
