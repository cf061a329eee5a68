"""A relay: it takes connections on a port of its own and passes every byte on to another, in both directions.

It forwards bytes and not messages: framing, hop-by-hop fields, chunks, trailers, pipelines and half-closed connections
reach the other side as they were sent, and an end by RST stays one. What it saw is on its tapes; a byte is written down
before it is passed on. It runs on a plain asyncio loop in a thread of its own.

A caller that closes looks like one that only said all that it would: both send FIN. Who answers to an answer by RST was
gone.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from harness.clock import SECOND
from harness.model.errors import HarnessBug, TargetError
from harness.model.messages import Silence
from harness.model.seams import Clock
from harness.recorder.turns import Purse, Tape

Result = TypeVar("Result")

LOOPBACK = "127.0.0.1"
_BACKLOG = 512
_WAIT = 10.0
"""Seconds after which the loop not answering is a bug of ours."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER on with zero seconds: close sends RST instead of FIN (socket(7))."""

_LOOK = 0.01
"""Seconds between two looks at what is still at work."""

_UNTIL_RST = 0.05
"""Seconds within which a caller that is gone answers by RST; on loopback it is done before the write returns."""


class Switchboard:
    """The loop that relays run on. Every method may be called from any thread."""

    def __init__(self, clock: Clock, *, most: int) -> None:
        self._clock = clock
        self._purse = Purse(most)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relays", daemon=True)
        self._thread.start()
        self._relays: list[Relay] = []

    @property
    def full(self) -> bool:
        """Whether bytes were left out, as more came than may be kept."""
        return self._purse.empty

    def relay(self, host: str, port: int, *, listen: int = 0) -> Relay:
        """Open a relay to ``host:port`` on the loopback port ``listen`` (0: any); TargetError where it is taken."""
        return self._wait(self._open(host, port, listen))

    def rest(self, relay: Relay, seconds: float) -> None:
        """Take no further connection at ``relay``, and give what is at work there at most ``seconds`` to end."""
        self._wait(self._rest(relay, seconds), patience=_WAIT + seconds)

    def stop(self) -> None:
        """Close everything. A second stop does nothing."""
        if self._thread.is_alive():
            self._wait(self._close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_WAIT)
            self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, Result], patience: float = _WAIT) -> Result:
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result(patience)
        except TimeoutError as error:
            raise HarnessBug(f"the relays did not answer within {patience:g} s") from error

    async def _open(self, host: str, port: int, listen: int) -> Relay:
        relay = Relay(host, port, self._now, self._purse)
        try:
            await relay.open(listen)
        except OSError as error:
            raise TargetError(
                f"{LOOPBACK}:{listen} cannot be listened on: {error.strerror}; end what listens there or name another"
            ) from error
        self._relays.append(relay)
        return relay

    async def _rest(self, relay: Relay, seconds: float) -> None:
        end = self._now() + seconds
        relay.shut()
        while self._now() < end and any(tape.open for tape in relay.tapes):
            await asyncio.sleep(_LOOK)

    async def _close(self) -> None:
        for relay in self._relays:
            relay.shut()
            relay.drop()
        while any(relay.crossings for relay in self._relays):
            await asyncio.sleep(0)

    def _now(self) -> float:
        return self._clock.now() / SECOND


class Relay:
    """One relay; ``tapes`` are what went over its connections, in the order in which they were made."""

    def __init__(self, host: str, port: int, now: Callable[[], float], purse: Purse) -> None:
        self.tapes: list[Tape] = []
        self.crossings: set[Crossing] = set()
        self.authority = ""
        self._upstream = host, port
        self._now = now
        self._purse = purse
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The address under which it is reached."""
        return f"http://{self.authority}"

    async def open(self, port: int) -> None:
        """Listen; OSError where the port cannot be had."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._made, LOOPBACK, port, backlog=_BACKLOG)
        self.authority = f"{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}"

    def shut(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def drop(self) -> None:
        """End every connection; what is at work on it stays without an end on its tape."""
        for crossing in tuple(self.crossings):
            crossing.drop()

    def _made(self) -> asyncio.Protocol:
        tape = Tape(self._purse)
        self.tapes.append(tape)
        crossing = Crossing(tape, self._upstream, self._now, self.crossings.discard)
        self.crossings.add(crossing)
        return crossing.near


class Crossing:
    """A connection of a caller (``near``) and the one that was made for it (``far``)."""

    def __init__(
        self,
        tape: Tape,
        upstream: tuple[str, int],
        now: Callable[[], float],
        over: Callable[[Crossing], None],
    ) -> None:
        self._tape = tape
        self._upstream = upstream
        self._now = now
        self._over = over
        self._dropped = self._left = False
        self._connecting: asyncio.Task[None] | None = None
        self.near = End(self._called, self._asked, self._asked_all, self._caller_gone)
        self.far = End(self._found, self._answered, self._answered_all, self._other_gone)

    def drop(self) -> None:
        """End both connections by RST."""
        self._dropped = True
        self._tape.stopped()
        if self._connecting is not None:
            self._connecting.cancel()
        self.near.reset()
        self.far.reset()
        self._over(self)

    def _called(self) -> None:
        self.near.pause()
        self._connecting = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: self.far, *self._upstream)
        except OSError:
            await self._refused()

    async def _refused(self) -> None:
        """Read what the caller asks, so that it is told, then hang up as nobody is there."""
        self.near.resume()
        await asyncio.sleep(_LOOK)
        if not self._dropped:
            self._tape.other_gone(Silence.REFUSED, self._now())
            self.near.reset()

    def _found(self) -> None:
        self.near.other, self.far.other = self.far, self.near
        if self.near.gone:
            self.far.close()
        self.near.resume()

    def _asked(self, data: bytes) -> None:
        self._tape.asked(data, self._now())
        self.far.write(data)

    def _answered(self, data: bytes) -> None:
        if self._left:
            return
        self._tape.answered(data, self._now())
        self.near.write(data)
        if self.near.ended:
            self._look_for_caller()
            asyncio.get_running_loop().call_later(_UNTIL_RST, self._look_for_caller)

    def _look_for_caller(self) -> None:
        """Tell a caller that was gone as a whole when its direction ended, and end as it did."""
        if not self._left and self.near.refuses():
            self._left = True
            self._tape.caller_gone(self._now())
            self.near.reset()
            self.far.reset()

    def _asked_all(self) -> None:
        self._tape.asked_all(self._now())
        self.far.finish()
        self._end_if_both()

    def _answered_all(self) -> None:
        self._tape.answered_all(self._now())
        self.near.finish()
        self._end_if_both()

    def _end_if_both(self) -> None:
        if self.near.ended and self.far.ended:
            asyncio.get_running_loop().call_later(2 * _UNTIL_RST, self._close)

    def _close(self) -> None:
        self.near.close()
        self.far.close()

    def _caller_gone(self, error: Exception | None) -> None:
        if not self._dropped:
            if error is not None:
                self._tape.caller_gone(self._now())
            self.far.leave(error)
        self._forget()

    def _other_gone(self, error: Exception | None) -> None:
        if not self._dropped:
            if error is not None:
                self._tape.other_gone(Silence.RESET, self._now())
            self.near.leave(error)
        self._forget()

    def _forget(self) -> None:
        if self.near.gone and self.far.gone:
            self._over(self)


class End(asyncio.Protocol):
    """One connection of a crossing; it waits with reading while the other one cannot take more."""

    def __init__(
        self,
        made: Callable[[], None],
        heard: Callable[[bytes], None],
        heard_all: Callable[[], None],
        lost: Callable[[Exception | None], None],
    ) -> None:
        self._made = made
        self._heard = heard
        self._heard_all = heard_all
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self.other: End | None = None
        self.ended = False

    @property
    def gone(self) -> bool:
        """Whether there is no connection (yet, or any more)."""
        return self._transport is None or self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._made()

    def data_received(self, data: bytes) -> None:
        """Hear bytes."""
        self._heard(data)

    def eof_received(self) -> bool:
        """Hear FIN; keep the other direction open."""
        self.ended = True
        self._heard_all()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Hear that it is gone."""
        self._lost(exc)

    def pause_writing(self) -> None:
        """Let the other one wait with reading."""
        if self.other is not None:
            self.other.pause()

    def resume_writing(self) -> None:
        """Let the other one read on."""
        if self.other is not None:
            self.other.resume()

    def pause(self) -> None:
        """Wait with reading."""
        if self._transport is not None and not self.gone:
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self._transport is not None and not self.gone:
            self._transport.resume_reading()

    def write(self, data: bytes) -> None:
        """Send bytes."""
        if self._transport is not None and not self.gone:
            self._transport.write(data)

    def finish(self) -> None:
        """Send FIN behind what was written."""
        if self._transport is not None and not self.gone and self._transport.can_write_eof():
            self._transport.write_eof()

    def refuses(self) -> bool:
        """Tell whether the peer answered what was just sent by RST: nobody is there any more."""
        found = self._socket()
        return found is not None and bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

    def leave(self, error: Exception | None) -> None:
        """Go as the other end went: by RST after an error, else behind what was written."""
        if error is None:
            self.close()
        else:
            self.reset()

    def close(self) -> None:
        """Close behind what was written."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """Send RST at once."""
        found = self._socket()
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        if self._transport is not None:
            self._transport.abort()

    def _socket(self) -> socket.socket | None:
        found = cast("socket.socket | None", self._transport and self._transport.get_extra_info("socket"))
        return found if found is not None and found.fileno() >= 0 else None
