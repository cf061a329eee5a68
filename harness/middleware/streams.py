"""The two streams of a request on their way through: noted as they pass, never read ahead, never held back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from harness.middleware.ring import AT_WORK, Exchange, Kept

Over = Callable[[BaseException | None], None]
"""Hears of an error, or (None) of an end."""

OverOf = Callable[[Exchange, BaseException | None], None]
"""Hears of the end of an exchange."""


class Reading:
    """A readable stream whose bytes are noted as they are read; all else is the stream's own.

    What the stream does not have this one does not have either, so that whoever asks for ``readinto`` learns the truth.
    ``over`` hears of an error in the middle of a read, and (None) of the end; ``sought`` of a jump.
    """

    def __init__(self, stream: Any, kept: Kept, over: Over, sought: Callable[[], None]) -> None:
        self._stream = stream
        self.kept = kept
        self.over = over
        self.sought = sought

    def read(self, *size: int) -> bytes:
        """Read and note."""
        try:
            data: bytes = self._stream.read(*size)
        except BaseException as error:
            self.over(error)
            raise
        self.kept.add(data)
        return data

    def readline(self, *size: int) -> bytes:
        """Read a line and note it."""
        try:
            data: bytes = self._stream.readline(*size)
        except BaseException as error:
            self.over(error)
            raise
        self.kept.add(data)
        return data

    def readlines(self, *hint: int) -> list[bytes]:
        """Read lines and note them."""
        lines: list[bytes] = self._stream.readlines(*hint)
        for line in lines:
            self.kept.add(line)
        return lines

    def close(self) -> None:
        """Close the stream."""
        self.over(None)
        self._stream.close()

    def __iter__(self) -> Iterator[bytes]:
        for line in self._stream:
            self.kept.add(line)
            yield line

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._stream, name)
        noted = _BESIDES.get(name)
        return partial(noted, self, found) if noted else found


def _noted(reading: Reading, read: Callable[..., bytes], *size: int) -> bytes:
    try:
        data = read(*size)
    except BaseException as error:
        reading.over(error)
        raise
    reading.kept.add(data)
    return data


def _noted_into(reading: Reading, read: Callable[[Any], int | None], buffer: Any) -> int | None:
    try:
        count = read(buffer)
    except BaseException as error:
        reading.over(error)
        raise
    if count:
        reading.kept.add(memoryview(buffer)[:count])
    return count


def _jumped(reading: Reading, seek: Callable[..., Any], *where: int) -> Any:
    reading.sought()
    return seek(*where)


_BESIDES: Mapping[str, Callable[..., Any]] = {
    "read1": _noted,
    "readinto": _noted_into,
    "readinto1": _noted_into,
    "seek": _jumped,
}
"""What a stream may have besides, and how it is noted."""


class Giving:
    """The iterable of an answer, its pieces noted as the server takes them.

    While a piece is made the exchange is at work, whichever thread the server takes it in.
    """

    def __init__(self, given: Iterable[bytes], exchange: Exchange, over: OverOf) -> None:
        self._given = given
        self._exchange = exchange
        self._over = over
        self._pieces: Iterator[bytes] | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if AT_WORK.get() is not self._exchange:
            AT_WORK.set(self._exchange)
        try:
            if self._pieces is None:
                self._pieces = iter(self._given)
            piece = next(self._pieces)
        except StopIteration:
            self._exchange.whole = True
            self._over(self._exchange, None)
            raise
        except BaseException as error:
            self._over(self._exchange, error)
            raise
        self._exchange.answered.add(piece)
        return piece

    def close(self) -> None:
        """Close what the application gave; the exchange is over with it at the latest."""
        close = getattr(self._given, "close", None)
        try:
            if close is not None:
                close()
        except BaseException as error:
            self._over(self._exchange, error)
            raise
        self._over(self._exchange, None)
        if AT_WORK.get() is self._exchange:
            AT_WORK.set(None)


class GivingSized(Giving):
    """The same for an iterable that knows its length: a server may make a Content-Length of a single piece."""

    def __len__(self) -> int:
        return len(self._given)  # type: ignore[arg-type]
