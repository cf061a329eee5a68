"""The last requests, in bounded memory: what is finished makes way for what is new.

Everything here is called in the middle of a request: it is short, never waits for anything but a lock that is held for
as short, and gives up bytes before it gives up its bound.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from threading import Lock

Fields = tuple[tuple[str, str], ...]
"""Header fields: names and values, a byte a character (latin-1)."""

MOST_CALLS = 256
"""Calls that are kept of one exchange; more are counted."""

_MOST_AT_WORK = 4096
"""Exchanges that may be at work at once; a server that never closes its responses must not fill our memory."""

_BLOCK = 2048
"""Bytes that are taken at once for what is small."""

_EACH = 1024
"""Bytes that the records of an exchange or a call count for, besides what they hold."""


class Account:
    """What one exchange holds of the memory of its ring; nothing more once it was dropped.

    It refers to no exchange, and so no exchange refers to itself: what is dropped is gone at once.
    """

    __slots__ = ("dropped", "held", "ring", "spare")

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.held = 0
        self.dropped = False
        self.spare = 0

    def more(self, wanted: int) -> int:
        """Return how many of ``wanted`` bytes may be held where they are more than is to spare."""
        granted = self.spare + self.ring.reserve(self, max(wanted, _BLOCK))
        self.spare = max(0, granted - wanted)
        return min(granted, wanted)


class Kept:
    """The bytes of one message: at most ``most`` of them are held, as far as the ring has room; all are counted."""

    __slots__ = ("_account", "_most", "data", "size")

    def __init__(self, account: Account, most: int) -> None:
        self.data = bytearray()
        self.size = 0
        self._account = account
        self._most = most

    @property
    def clipped(self) -> bool:
        """Whether there was more than is held."""
        return self.size > len(self.data)

    def add(self, piece: bytes | bytearray | memoryview) -> None:
        """Take the next bytes. Once some could not be held none are any more: what is held is the beginning."""
        length, held, size = len(piece), len(self.data), self.size
        self.size = size + length
        if held == size and held < self._most:
            wanted = min(length, self._most - held)
            account = self._account
            if wanted <= account.spare:
                account.spare -= wanted
                granted = wanted
            else:
                granted = account.more(wanted)
            self.data += piece if granted == length else piece[:granted]


class Call:
    """One call that the service made, as bytes on its connection. ``at`` and ``ended`` are monotonic seconds.

    ``error`` names the class of the error that it ended with, ``silence`` what that says of an answer that never came.
    """

    __slots__ = ("answer", "at", "authority", "ended", "error", "request", "silence", "unseen")

    def __init__(self, account: Account, authority: str, most: int) -> None:
        self.authority = authority
        self.at = time.monotonic()
        self.request = Kept(account, most)
        self.answer = Kept(account, most)
        self.ended = 0.0
        self.error = self.silence = ""
        self.unseen = False

    def end(self, error: BaseException | None = None) -> None:
        """Note the end, and what the first error says: the error itself would keep the service's frames alive."""
        self.ended = time.monotonic()
        if error is not None and not self.error:
            self.error, self.silence = type(error).__name__, silence_of(error)


class Exchange:
    """One request to the service and what comes of it. Times are monotonic seconds; ``ended`` 0: still at work.

    ``status`` is 0 until the service has answered. ``raised`` names the class of an exception that it passed on to its
    server. ``asked`` and ``answered`` are the bodies as far as they were read and written; ``whole`` says that the body
    of the answer was given to its end, ``sent_aside`` that the server sends it from a file, unseen.
    """

    __slots__ = (
        "account",
        "answer_headers",
        "answered",
        "asked",
        "at",
        "calls",
        "ended",
        "headers",
        "left_out",
        "length",
        "method",
        "raised",
        "reason",
        "sent_aside",
        "sought",
        "status",
        "target",
        "whole",
    )

    def __init__(self, ring: Ring, method: str, target: str, headers: Fields, length: int | None) -> None:
        self.account = Account(ring)
        self.method = method
        self.target = target
        self.headers = headers
        self.length = length
        self.at = time.monotonic()
        self.ended = 0.0
        self.status = 0
        self.reason = ""
        self.answer_headers: Fields = ()
        self.raised = ""
        self.whole = self.sent_aside = self.sought = False
        self.left_out = 0
        self.asked = Kept(self.account, ring.body)
        self.answered = Kept(self.account, ring.body)
        self.calls: list[Call] = []

    def call(self, authority: str) -> Call | None:
        """Begin the record of a call to ``authority``; None where there is no room for one more."""
        ring = self.account.ring
        if len(self.calls) >= MOST_CALLS or ring.reserve(self.account, _EACH) < _EACH:
            self.left_out += 1
            return None
        made = Call(self.account, authority, ring.body)
        self.calls.append(made)
        return made

    def seek(self) -> None:
        """Note that the application jumped in the body: what it read is not the body in its order."""
        self.sought = True

    def answer(self, status: str, headers: Iterable[tuple[str, str]]) -> None:
        """Note what the service gave to ``start_response``; the last one stands."""
        code, _, self.reason = status.partition(" ")
        self.status = int(code) if code.isdecimal() else 0
        self.answer_headers = tuple(headers)
        size = size_of(self.answer_headers)
        if size > self.account.spare:
            self.account.more(size)
        else:
            self.account.spare -= size


AT_WORK: ContextVar[Exchange | None] = ContextVar("harness.middleware", default=None)
"""The exchange that the code which runs now works for."""


class Ring:
    """The last ``last`` finished exchanges and all that are at work, in about ``memory`` bytes. Safe for threads.

    ``body`` is how many bytes of one body are held at most; ``unseen`` counts requests for which there was no room.
    """

    def __init__(self, *, last: int, body: int, memory: int) -> None:
        self.body = body
        self.unseen = 0
        self._last = last
        self._memory = memory
        self._held = 0
        self._lock = Lock()
        self._finished: deque[Exchange] = deque()
        self._at_work: dict[int, Exchange] = {}

    @property
    def held(self) -> int:
        """How many bytes are accounted for now."""
        return self._held

    def begin(self, method: str, target: str, headers: Fields, length: int | None) -> Exchange | None:
        """Begin the record of a request; None where there is no room for it, which is counted."""
        exchange = Exchange(self, method, target, headers, length)
        size = _EACH + len(target) + size_of(headers)
        fits = len(self._at_work) < _MOST_AT_WORK and self.reserve(exchange.account, size + _BLOCK) == size + _BLOCK
        exchange.account.spare = _BLOCK
        with self._lock:
            if fits:
                self._at_work[id(exchange)] = exchange
                return exchange
            self.unseen += 1
            self._release(exchange)
        return None

    def end(self, exchange: Exchange) -> bool:
        """Take the end of an exchange; return whether it is the first one."""
        with self._lock:
            if self._at_work.pop(id(exchange), None) is None:
                return False
            exchange.ended = time.monotonic()
            self._finished.append(exchange)
            if len(self._finished) > self._last:
                self._release(self._finished.popleft())
        return True

    def reserve(self, account: Account, wanted: int) -> int:
        """Make room by dropping the oldest finished exchanges; return how many further bytes may be held."""
        with self._lock:
            while self._held + wanted > self._memory and self._finished:
                self._release(self._finished.popleft())
            free = self._memory - self._held
            granted = 0 if account.dropped else max(0, min(wanted, free))
            account.held += granted
            self._held += granted
        return granted

    def seen(self) -> tuple[Exchange, ...]:
        """Return what is held now, in the order of the starts, what is still at work included."""
        with self._lock:
            return tuple(sorted((*self._finished, *self._at_work.values()), key=lambda exchange: exchange.at))

    def after_fork(self) -> None:
        """Begin anew in a child process: what the parent held is the parent's."""
        self._lock = Lock()
        self._finished.clear()
        self._at_work.clear()
        self._held = 0

    def _release(self, exchange: Exchange) -> None:
        """Forget what an exchange holds; whoever still works for it holds nothing further."""
        self._held -= exchange.account.held
        exchange.account.held, exchange.account.dropped = 0, True


class Strays:
    """Calls that belong to no exchange: made outside of any, or in a thread that was not handed the context."""

    def __init__(self) -> None:
        self._moments: deque[float] = deque(maxlen=1024)

    def add(self) -> None:
        """Note one."""
        self._moments.append(time.monotonic())

    def since(self, moment: float) -> int:
        """Count those since ``moment`` (monotonic seconds); at most 1,024 are remembered."""
        return sum(at >= moment for at in tuple(self._moments))


STRAYS = Strays()
"""Those of this process."""


_SILENCES = (
    ("refused", frozenset({"ConnectionRefusedError"})),
    ("closed", frozenset({"RemoteDisconnected", "IncompleteRead"})),
    ("reset", frozenset({"ConnectionResetError", "BrokenPipeError", "ConnectionAbortedError"})),
    ("timeout", frozenset({"TimeoutError", "ReadTimeoutError", "ConnectTimeoutError"})),
)
"""Why no answer came, by the names of the errors that say so: the first of this table that stands in the chain."""


def silence_of(error: BaseException) -> str:
    """Return why no answer came, in the words of the model's ``Silence``; empty where the error tells nothing."""
    names = {type(each).__name__ for each in _chain(error)}
    return next((word for word, known in _SILENCES if names & known), "")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came of; urllib3 hands causes on as arguments, too."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__]
        waiting += [part for part in each.args if isinstance(part, BaseException)]


def size_of(headers: Fields) -> int:
    """Return about how many bytes header fields take."""
    return 160 * len(headers) + len("".join([value for _, value in headers]))
