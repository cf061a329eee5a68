"""A total deadline for an outgoing call.

The ``timeout`` of requests bounds each read of the socket, not the call: a peer that drips a byte now and then holds
a thread for as long as it likes. Here every operation on the socket gets what is left of one budget.
Non-goals: the system's name look-up cannot be interrupted; TLS (a wrapped socket would escape the budget).
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, PoolManager
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

Clock = Callable[[], float]


class Deadline:
    """A moment on a monotonic clock by which everything must be over."""

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def passed(self) -> bool:
        """Tell whether the time is up."""
        return self._clock() >= self._end

    def remaining(self) -> float:
        """Return the seconds left; raise TimeoutError when there are none."""
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left

    def left(self) -> float:
        """Return the seconds left, 0 when there are none."""
        return max(0.0, self._end - self._clock())

    def within(self, seconds: float) -> Deadline:
        """Make a deadline that ends in ``seconds``, and never after this one."""
        inner = Deadline(seconds, self._clock)
        inner._end = min(inner._end, self._end)
        return inner


class DeadlineSocket(socket.socket):
    """A connected socket whose every send and receive ends at the deadline."""

    deadline: Deadline

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Receive; http.client reads through this method alone."""
        self.settimeout(self.deadline.remaining())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        """Send everything."""
        self.settimeout(self.deadline.remaining())
        super().sendall(*args, **kwargs)


def connect(host: str, port: int, options: Iterable[Any], deadline: Deadline) -> DeadlineSocket:
    """Connect to the first address of the host that answers, all of them together within the deadline."""
    failure: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        sock = DeadlineSocket(family, kind, protocol)
        try:
            sock.deadline = deadline
            for option in options:
                sock.setsockopt(*option)
            sock.settimeout(deadline.remaining())
            sock.connect(address)
        except OSError as broken:
            sock.close()
            failure = broken
        else:
            return sock
    raise failure


class DeadlineConnection(HTTPConnection):
    """A connection of urllib3's on a DeadlineSocket."""

    def __init__(self, *args: Any, deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        """Connect, naming failures as urllib3 and requests expect."""
        try:
            return connect(self.host, self.port, self.socket_options or (), self._deadline)
        except socket.gaierror as unknown:
            raise NameResolutionError(self.host, self, unknown) from unknown
        except TimeoutError as late:
            raise ConnectTimeoutError(self, "the deadline passed while connecting") from late
        except OSError as broken:
            raise NewConnectionError(self, str(broken)) from broken


class DeadlineAdapter(HTTPAdapter):
    """A transport for requests that serves one call under one deadline, and no https."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        """Make a manager whose pools make deadline connections."""
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": self._pool}

    def _pool(self, host: str, port: int | None = None, **kwargs: Any) -> HTTPConnectionPool:
        """Make a pool."""
        pool = HTTPConnectionPool(host, port, **kwargs)
        pool.ConnectionCls = partial(DeadlineConnection, deadline=self._deadline)  # type: ignore[assignment]
        return pool
