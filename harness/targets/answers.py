"""A strict, incremental reader of HTTP/1.x answers (RFC 9112): bytes in, whole answers out. No I/O.

llhttp forgives what a reliability harness must see (a header line without a colon, bare line feeds, two lengths),
and cannot be told that an answer to HEAD has no body; so the few states are our own. What is not an HTTP answer is
kept as the bytes seen, what was cut is kept as far as it came, and interim 1xx answers are read over.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.model.messages import Answer

KEPT = 1 << 20
"""Bytes of a body that are kept; the rest is read and counted, not kept."""
_LINE = 1 << 16
"""The longest line read, in bytes: an endless one must not fill the memory."""
_HEAD = 4 * _LINE
"""The largest header block read, in bytes."""
_STRANGE = 1 << 16
"""Bytes that are kept of what is not HTTP: enough to see what it is, of a flood too little to drown in."""

_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: ([\t\x20-\x7e\x80-\xff]*))?")
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\x00\r\n]*?)[ \t]*")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\x00]*)?")


class _NotHttp(Exception):
    """The bytes are not an HTTP/1.x answer."""


class AnswerReader:
    """Reads the answers of one exchange. ``method`` is that of the first request: HEAD has no body.

    ``answers`` are those that ended, in order. ``keep_alive`` tells whether the last of them leaves the connection
    usable, ``broken`` whether something came that is not HTTP (nothing is read as HTTP after that).
    """

    def __init__(self, method: str) -> None:
        self.answers: list[Answer] = []
        self.keep_alive = True
        self.broken = False
        self._method = method
        self._buffer = bytearray()
        self._interim = 0
        self._clear()

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the connection."""
        if self.broken:
            self._buffer += data[: max(_STRANGE - len(self._buffer), 0)]
            return
        self._buffer += data
        try:
            while self._state():
                pass
        except _NotHttp:
            self.broken = True
            self.keep_alive = False

    def end(self, *, clean: bool) -> None:
        """Take the end of the connection: with FIN (``clean``), or with RST."""
        self.keep_alive = False
        if self.broken:
            self.answers.append(Answer(status=0, body=self._seen(), valid=False, clipped=self._cut()))
        elif self._status:
            self._finish(complete=clean and self._state == self._until_close)
        elif self._buffer:
            self.answers.append(Answer(status=0, body=bytes(self._buffer[:KEPT]), valid=False, complete=False))
        self._buffer.clear()
        self._clear()

    @property
    def rest(self) -> bool:
        """Whether bytes came that belong to no whole answer."""
        return bool(self._buffer) or bool(self._status)

    def progress(self) -> str:
        """Say in words how far the answer under way has come."""
        if self._status:
            return f"status {self._status} and {self._size} bytes of its body came, the rest did not"
        if self._interim:
            return f"{self._interim} interim answers (1xx) came, the answer did not"
        return f"{len(self._buffer)} bytes of an answer came" if self._buffer else "no byte of an answer came"

    def _clear(self) -> None:
        self._state: Callable[[], bool] = self._status_line
        self._status, self._reason, self._minor = 0, "", 1
        self._headers: list[tuple[str, str]] = []
        self._head = bytearray()
        self._body = bytearray()
        self._size = 0
        self._left = 0

    def _seen(self) -> bytes:
        return bytes((self._head + self._body[:_STRANGE] + self._buffer)[:_STRANGE])

    def _cut(self) -> bool:
        return len(self._head) + self._size + len(self._buffer) >= _STRANGE

    # Each state takes what it can from the buffer and returns whether it got on.

    def _line(self) -> bytes | None:
        """Take one line that ends in CRLF; None while it is not all there."""
        end = self._buffer.find(b"\r\n")
        line = bytes(self._buffer if end < 0 else self._buffer[:end])
        if b"\n" in line or b"\r" in line[:-1] or len(line) > _LINE:
            raise _NotHttp
        if end < 0:
            return None
        del self._buffer[: end + 2]
        return line

    def _status_line(self) -> bool:
        if not self._buffer.startswith(b"HTTP/1."[: len(self._buffer)]):
            raise _NotHttp
        line = self._line()
        if line is None:
            return False
        match = _STATUS.fullmatch(line)
        if match is None:
            self._buffer[:0] = line + b"\r\n"
            raise _NotHttp
        self._minor, self._status = int(match[1]), int(match[2])
        self._reason = (match[3] or b"").decode("latin-1")
        self._head += line + b"\r\n"
        self._state = self._header_line
        return True

    def _header_line(self) -> bool:
        line = self._line()
        if line is None:
            return False
        self._head += line + b"\r\n"
        if not line:
            self._state = self._framing()
            return True
        match = _FIELD.fullmatch(line)
        if match is None or len(self._head) > _HEAD:
            raise _NotHttp
        self._headers.append((match[1].decode("latin-1"), match[2].decode("latin-1")))
        return True

    def _framing(self) -> Callable[[], bool]:
        """Return the state that reads the body (RFC 9112 section 6.3, in its order)."""
        if self._status // 100 == 1 and self._status != 101:
            self._clear()
            self._interim += 1
            return self._status_line
        codings, lengths = self._values("transfer-encoding"), self._values("content-length")
        if self._bodiless():
            self._finish(complete=True)
            return self._status_line
        if codings and (lengths or self._minor == 0):
            raise _NotHttp
        if codings:
            return self._chunk_size if codings[-1].lower() == "chunked" else self._until_close
        if lengths:
            return self._sized(lengths)
        return self._until_close

    def _bodiless(self) -> bool:
        tunnel = self._status == 101 or (self._method == "CONNECT" and self._status // 100 == 2)
        if tunnel:
            self.keep_alive = False
        return tunnel or self._method == "HEAD" or self._status in (204, 304)

    def _sized(self, lengths: list[str]) -> Callable[[], bool]:
        if len(set(lengths)) > 1 or not re.fullmatch("[0-9]{1,18}", lengths[0]):
            raise _NotHttp
        self._left = int(lengths[0])
        return self._sized_body

    def _values(self, name: str) -> list[str]:
        """Return the members of the list header ``name``, over all of its lines."""
        lines = [value for key, value in self._headers if key.lower() == name]
        return [member.strip(" \t") for line in lines for member in line.split(",")]

    def _take(self) -> None:
        """Move what the buffer holds of the next ``_left`` bytes into the body."""
        piece = self._buffer[: self._left]
        del self._buffer[: self._left]
        self._left -= len(piece)
        self._size += len(piece)
        self._body += piece[: KEPT - len(self._body)]

    def _sized_body(self) -> bool:
        self._take()
        if self._left:
            return False
        self._finish(complete=True)
        return True

    def _until_close(self) -> bool:
        self._left = len(self._buffer)
        self._take()
        return False

    def _chunk_size(self) -> bool:
        line = self._line()
        if line is None:
            return False
        match = _SIZE.fullmatch(line)
        if match is None:
            self._buffer[:0] = line + b"\r\n"
            raise _NotHttp
        self._left = int(match[1], 16)
        self._state = self._chunk_data if self._left else self._trailer
        return True

    def _chunk_data(self) -> bool:
        self._take()
        if self._left:
            return False
        self._state = self._chunk_end
        return True

    def _chunk_end(self) -> bool:
        if not b"\r\n".startswith(self._buffer[:2]):
            raise _NotHttp
        if len(self._buffer) < 2:
            return False
        del self._buffer[:2]
        self._state = self._chunk_size
        return True

    def _trailer(self) -> bool:
        """Read over trailer fields: they are never merged into the headers (RFC 9110 section 6.5.1)."""
        line = self._line()
        if line is None:
            return False
        if line and _FIELD.fullmatch(line) is None:
            raise _NotHttp
        if not line:
            self._finish(complete=True)
        return True

    def _finish(self, *, complete: bool) -> None:
        options = {member.lower() for member in self._values("connection")}
        stays = "close" not in options if self._minor else "keep-alive" in options
        self.keep_alive = self.keep_alive and stays and complete and self._state != self._until_close
        self.answers.append(
            Answer(
                status=self._status,
                reason=self._reason,
                headers=tuple(self._headers),
                body=bytes(self._body),
                clipped=self._size > len(self._body),
                complete=complete,
            )
        )
        self._method = ""
        self._clear()
