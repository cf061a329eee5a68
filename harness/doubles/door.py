"""The listening socket of a double, and the port that stays ours while nothing listens on it.

A second socket is bound to the port and never listens. Linux lets both hold it because both set SO_REUSEADDR and at
most one listens; a connect to a bound port on which nobody listens is refused by the kernel, for real.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from harness.doubles.desk import FrontDesk

_BACKLOG = 512
LOOPBACK = "127.0.0.1"


class ListeningDoor:
    """The door of a double, on ``port`` of the loopback address; every connection gets a protocol from ``factory``.

    Port 0 takes any free one. OSError when the port cannot be had.
    """

    def __init__(self, factory: Callable[[], asyncio.Protocol], desk: FrontDesk, port: int = 0) -> None:
        self._factory = factory
        self._desk = desk
        self._reservation = _bound(port)
        self._server: asyncio.Server | None = None
        self._shuts = 0
        self.port: int = self._reservation.getsockname()[1]

    async def open(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._factory, sock=_bound(self.port), backlog=_BACKLOG)

    async def shut(self) -> None:
        """Stop listening and close idle connections; connections with a call at work are closed after its answer."""
        self._shuts += 1
        if self._shuts == 1:
            self._desk.shut = True
            self._stop_listening()
            self._desk.drop_idle()

    async def reopen(self) -> None:
        """Undo one :meth:`shut`; listen once all are undone."""
        self._shuts -= 1
        if self._shuts == 0:
            self._desk.shut = False
            await self.open()

    def release(self) -> None:
        """Stop listening and give the port back."""
        self._stop_listening()
        self._reservation.close()

    def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _bound(port: int) -> socket.socket:
    """Return a socket bound to ``port`` of the loopback address (0: any free one)."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    return bound
