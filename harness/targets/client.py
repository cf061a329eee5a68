"""The byte-exact client: what the case says goes out, to the byte and the pause; what comes back is kept as it came.

Nothing here blocks without a bound. Sending and listening happen at once, so an early answer or a close is noticed
while the message is still going out, and a server that stops reading cannot hang the harness. The bound of an
exchange is total and on the monotonic clock: a dripping server cannot stretch it.
"""

from __future__ import annotations

import errno
import select
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from harness.clock import SECOND
from harness.model.messages import Answer, Chunk, Ending, Request, Silence, Wire
from harness.model.records import record
from harness.model.wire import as_wire, method_of
from harness.targets.answers import AnswerReader

_NOT_HTTP_GRACE = SECOND // 5
"""How long bytes are still collected once what came is not HTTP."""
_READ = 1 << 16
_RESET_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER on, zero seconds: close() sends RST and drops what is unsent."""


@record
class Reply:
    """What came of one exchange. Look at ``answers`` first: they are what arrived, in order, cut ones included.

    ``silence`` says why fewer answers came than were asked for; it is never None when there is no answer at all.
    An answer that is not whole by the bound is no answer: then ``silence`` is timeout, and ``detail`` tells how far
    it came. ``sent_at`` (first byte out) and ``done_at`` (last needed byte in, or giving up) are monotonic nanoseconds.
    """

    sent_at: int
    done_at: int
    answers: tuple[Answer, ...] = ()
    silence: Silence | None = None
    detail: str = ""


class Connection:
    """One TCP connection to ``authority``, as made by :func:`connect`.

    A connection that could not be made is one too: every exchange on it tells why (``local_port`` is 0).
    """

    def __init__(self, authority: str, sock: socket.socket | None, silence: Silence, detail: str = "") -> None:
        self.authority = authority
        self.local_port: int = sock.getsockname()[1] if sock else 0
        self.usable = sock is not None
        self._socket = sock
        self._silence, self._detail = silence, detail

    def exchange(self, message: Request | Wire, *, timeout: float, give_up_after: float | None = None) -> Reply:
        """Send ``message`` and read its answers, within ``timeout`` seconds of the first byte sent.

        ``give_up_after`` seconds the connection is closed on purpose. Never raises for what the other side does.
        """
        if self._socket is None:
            now = time.monotonic_ns()
            return Reply(sent_at=now, done_at=now, silence=self._silence, detail=self._detail)
        exchange = _Exchange(self._socket, as_wire(message, self.authority), timeout, give_up_after)
        reply = exchange.run()
        self.usable = exchange.leaves_usable
        if exchange.left:
            self.close()
        return reply

    def close(self) -> None:
        """Close both directions with FIN. Closing twice is fine."""
        self._end()

    def reset(self) -> None:
        """Close with RST."""
        if self._socket is not None:
            _linger_zero(self._socket)
        self._end()

    def _end(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
            self._silence, self._detail = Silence.ABANDONED, "the connection was closed by the client before"
        self.usable = False


def connect(host: str, port: int, *, authority: str, timeout: float) -> Connection:
    """Connect to ``host``:``port`` within ``timeout`` seconds; the result says when that failed."""
    try:
        sock = socket.create_connection((host, port), timeout)
    except TimeoutError:
        return Connection(authority, None, Silence.TIMEOUT, f"the connection was not taken up within {timeout:g} s")
    except ConnectionResetError as error:
        return Connection(authority, None, Silence.RESET, f"connecting: {error.strerror}")
    except OSError as error:
        return Connection(authority, None, Silence.REFUSED, f"connecting: {error.strerror or error}")
    if sock.getsockname() == sock.getpeername():
        # A loopback connect to a dead ephemeral port can meet itself (TCP simultaneous open): nobody is there.
        sock.close()
        return Connection(authority, None, Silence.REFUSED, "connecting: Connection refused")
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(authority, sock, Silence.CLOSED)


def _linger_zero(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_ONCE)


class _Exchange:
    """One exchange under way: what is still to be sent, what has come, and when it ends."""

    def __init__(self, sock: socket.socket, wire: Wire, timeout: float, give_up_after: float | None) -> None:
        self.left = False
        self._socket = sock
        self._wire = wire
        self._reader = AnswerReader(method_of(wire.data))
        self._chunks: deque[Chunk] = deque(wire.chunks)
        self._pending = memoryview(b"")
        self._sent = 0
        self._sent_at = 0
        self._done_at = 0
        self._ended = False
        self._deaf = False
        self._silence: Silence | None = None
        self._timeout, self._give_up_after = timeout, give_up_after
        now = time.monotonic_ns()
        self._next_at = now + _pause(self._chunks)
        self._bound, self._abandon_at = self._bounds(self._next_at)
        if not self._chunks:
            self._begin(now)

    @property
    def leaves_usable(self) -> bool:
        """Whether another exchange can follow on the same connection."""
        whole = not self._chunks and not self._pending and not self._silence and not self._reader.rest
        enough = len(self._reader.answers) == self._wire.answers > 0
        return whole and enough and self._reader.keep_alive and self._wire.ending is Ending.LISTEN

    def run(self) -> Reply:
        """Carry the exchange out to its end."""
        poller = select.poll()
        while not self._over(time.monotonic_ns()):
            self._fill(time.monotonic_ns())
            if self._silence or self._over(time.monotonic_ns()):
                break
            poller.register(self._socket, select.POLLIN | (select.POLLOUT if self._pending else 0))
            for _, happened in poller.poll(self._wait()):
                self._act(happened)
        return self._reply()

    def _bounds(self, start: int) -> tuple[int, int | None]:
        """Return when to stop waiting and when to leave, counted from ``start``."""
        leave = None if self._give_up_after is None else start + round(self._give_up_after * SECOND)
        return start + round(self._timeout * SECOND), leave

    def _begin(self, now: int) -> None:
        """Start the bounds: the first byte goes out now."""
        self._sent_at = now
        self._bound, self._abandon_at = self._bounds(now)

    def _over(self, now: int) -> bool:
        """Tell whether there is nothing left to wait for; note why when that is not an answer."""
        if self._ended or self._silence:
            return True
        if len(self._reader.answers) >= self._wire.answers and (self._wire.answers or self._all_sent()):
            return True
        if self._abandon_at is not None and now >= self._abandon_at:
            self._silence, self.left = Silence.ABANDONED, True
        elif now >= self._bound:
            self._silence = Silence.TIMEOUT
        return self._silence is not None

    def _all_sent(self) -> bool:
        return self._deaf or not (self._chunks or self._pending)

    def _fill(self, now: int) -> None:
        """Take up the next chunk when its pause is over; end the message after the last."""
        if self._chunks and not self._pending and now >= self._next_at:
            self._pending = memoryview(self._chunks.popleft().data)
            self._send()
        if self._sent_at and not (self._deaf or self._chunks or self._pending):
            self._finish_sending()

    def _send(self) -> None:
        """Send what the kernel takes. A peer that is gone ends the sending, not the listening."""
        if not self._sent_at:
            self._begin(time.monotonic_ns())
        try:
            while self._pending:
                count = self._socket.send(self._pending)
                self._sent += count
                self._pending = self._pending[count:]
        except BlockingIOError:
            return
        except OSError as error:
            self._chunks.clear()
            self._pending = memoryview(b"")
            self._deaf = True
            # EPIPE follows a FIN: the answer read so far is whole. Anything else cut it.
            self._read_until_empty(clean=error.errno == errno.EPIPE)
            return
        self._next_at = time.monotonic_ns() + _pause(self._chunks)

    def _finish_sending(self) -> None:
        ending = _ENDINGS.get(self._wire.ending)
        if ending is None:
            return
        self._deaf = True
        with suppress(OSError):
            ending(self._socket)
        if self._wire.ending is not Ending.HALF_CLOSE:
            self._silence, self.left = Silence.ABANDONED, True

    def _wait(self) -> float:
        """Return the milliseconds until something must be done even if nothing comes (poll's unit)."""
        moments = [self._bound]
        if self._abandon_at is not None:
            moments.append(self._abandon_at)
        if self._chunks and not self._pending:
            moments.append(self._next_at)
        return max(0.0, (min(moments) - time.monotonic_ns()) / 1e6)

    def _act(self, happened: int) -> None:
        if happened & (select.POLLIN | select.POLLHUP | select.POLLERR):
            self._read()
        if happened & select.POLLOUT and self._pending and not self._ended:
            self._send()

    def _read(self) -> bool:
        """Read once; return whether bytes came."""
        try:
            data = self._socket.recv(_READ)
        except BlockingIOError:
            return False
        except OSError:
            self._end(clean=False)
            return False
        if not data:
            self._end(clean=True)
            return False
        was_http, before = not self._reader.broken, len(self._reader.answers)
        self._reader.feed(data)
        if len(self._reader.answers) > before:
            self._done_at = time.monotonic_ns()
        if was_http and self._reader.broken:
            self._bound = min(self._bound, time.monotonic_ns() + _NOT_HTTP_GRACE)
        return True

    def _read_until_empty(self, *, clean: bool) -> None:
        """Read what arrived before the connection broke (the kernel keeps it), then end."""
        while not self._ended:
            try:
                data = self._socket.recv(_READ)
            except OSError:
                data = b""
            if data:
                self._reader.feed(data)
            else:
                self._end(clean=clean)

    def _end(self, *, clean: bool) -> None:
        self._ended = True
        self._reader.end(clean=clean)
        if len(self._reader.answers) < self._wire.answers:
            self._silence = Silence.CLOSED if clean else Silence.RESET

    def _reply(self) -> Reply:
        detail = ""
        if self._reader.broken and not self._ended:
            self._end(clean=True)
            self._silence = None
        if self._silence is Silence.TIMEOUT:
            detail = self._reader.progress()
            if self._chunks or self._pending:
                detail += f"; {self._sent} of {len(self._wire.data)} bytes could be sent"
        now = time.monotonic_ns()
        answers = tuple(self._reader.answers[: self._wire.answers])
        whole = len(answers) == self._wire.answers and self._done_at
        return Reply(
            sent_at=self._sent_at or now,
            done_at=self._done_at if whole else now,
            answers=answers,
            silence=self._silence if len(answers) < self._wire.answers else None,
            detail=detail,
        )


def _pause(chunks: deque[Chunk]) -> int:
    return round(chunks[0].pause * SECOND) if chunks else 0


def _half_close(sock: socket.socket) -> None:
    sock.shutdown(socket.SHUT_WR)


def _reset(sock: socket.socket) -> None:
    _linger_zero(sock)
    sock.close()


_ENDINGS: dict[Ending, Callable[[socket.socket], None]] = {
    Ending.HALF_CLOSE: _half_close,
    Ending.RESET: _reset,
    Ending.CLOSE: socket.socket.close,
}
"""What is done with the connection after the last byte; nothing for ``LISTEN``."""
