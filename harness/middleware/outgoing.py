"""Outgoing calls, seen on their connections: the bytes of every try, whichever client of ``http.client`` makes them.

Nothing is patched behind anybody's back: the service hands over what is to be watched, a ``requests`` session or
adapter, a ``urllib3`` manager or pool, or a connection class of its own. A call belongs to the exchange whose context
it is made in (:mod:`contextvars`); a service that works in threads of its own hands the context on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from harness.middleware.ring import AT_WORK, STRAYS, Call
from harness.middleware.streams import Reading

WATCHED: list[str] = []
"""What is watched in this process, in words for the capture."""

_made: dict[type, type] = {}


def watch(client: Any) -> Any:
    """Watch the calls of ``client`` from now on, and return it.

    It is a ``requests`` session or adapter, a ``urllib3`` manager, or a pool or class of pools. TypeError for anything
    else. Connections that are open already are not watched.
    """
    named = client if isinstance(client, type) else type(client)
    kind = f"{named.__module__.split('.')[0]}.{named.__name__}"
    if not _watched(client):
        raise TypeError(
            f"{kind} cannot be watched: give a session or an adapter of requests, a manager or a pool of urllib3, or "
            "make your connections of watched(http.client.HTTPConnection)"
        )
    _tell(kind)
    return client


def watched(connection: Any) -> Any:
    """Return a subclass of ``connection``, a class like ``http.client.HTTPConnection``, whose calls are seen."""
    if isinstance(connection, partial):
        return partial(watched(connection.func), *connection.args, **connection.keywords)
    if issubclass(connection, _Watched):
        return connection
    if connection not in _made:
        _made[connection] = type(f"Watched{connection.__name__}", (_Watched, connection), {"_plain": connection})
        _tell(f"{connection.__module__.split('.')[0]}.{connection.__name__}")
    return _made[connection]


def _tell(kind: str) -> None:
    if kind not in WATCHED:
        WATCHED.append(kind)


def _watched(client: Any) -> bool:
    """Watch what ``client`` is made of; return whether that is anything that can be watched."""
    if hasattr(client, "adapters"):
        return all(tuple(map(_watched, client.adapters.values())))  # every one of them, whatever the first one is
    if hasattr(client, "poolmanager"):
        _watched(client.poolmanager)
        client.proxy_manager_for = _then_watched(client.proxy_manager_for)
    elif hasattr(client, "pool_classes_by_scheme"):
        pools = client.pool_classes_by_scheme
        client.pool_classes_by_scheme = {scheme: _then_watched(pool) for scheme, pool in pools.items()}
        client.clear()
    elif hasattr(client, "ConnectionCls"):
        client.ConnectionCls = watched(client.ConnectionCls)
    else:
        return False
    return True


def _then_watched(make: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``make``, with what it makes watched; asked for twice, it is the same."""
    if isinstance(make, _Making):
        return make
    return _Making(make)


class _Making:
    """Makes pools or managers that are watched."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self._make = make

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        made = self._make(*args, **kwargs)
        _watched(made)
        return made


class _Watched:
    """What a watched connection does besides: it notes what it sends and what it reads."""

    _plain: Any
    _call: Call | None = None
    _aside = False
    """Whether a tunnel through a proxy is being made, which is no call of the service."""

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        """Begin a call."""
        self._call = _begun(self)
        self._plain.putrequest(self, *args, **kwargs)

    def send(self, data: Any) -> None:
        """Send, and note it; what is no plain bytes goes out all the same, and is told as not seen."""
        call = None if self._aside else self._call
        if call is not None:
            if isinstance(data, bytes | bytearray | memoryview):
                call.request.add(data)
            else:
                call.unseen = True
        self._ending(self._plain.send, data)

    def connect(self) -> None:
        """Connect."""
        aside, self._aside = self._aside, True
        if self._call is not None and self._call.ended:
            self._call = None  # that of an earlier use of this connection
        try:
            self._plain.connect(self)
        except BaseException as error:
            call = self._call or _begun(self)
            if call is not None:
                call.end(error)
            raise
        finally:
            self._aside = aside

    def getresponse(self, *args: Any, **kwargs: Any) -> Any:
        """Read the head of the answer."""
        return self._ending(self._plain.getresponse, *args, **kwargs)

    def response_class(self, *args: Any, **kwargs: Any) -> Any:
        """Make the answer, its bytes noted as they are read from the connection."""
        response = self._plain.response_class(*args, **kwargs)
        call = None if self._aside else self._call
        if call is not None:
            response.fp = Reading(response.fp, call.answer, call.end, _cannot_seek)
        return response

    def _ending(self, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Act; an error is the end of the call."""
        try:
            return act(self, *args, **kwargs)
        except BaseException as error:
            if self._call is not None:
                self._call.end(error)
            raise


def _cannot_seek() -> None:
    """Do nothing: no connection can be sought in."""


def _begun(connection: Any) -> Call | None:
    """Begin the record of a call; None where it belongs to no exchange."""
    exchange = AT_WORK.get()
    if exchange is None:
        STRAYS.add()
        return None
    host = str(connection.host)
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return exchange.call(f"{shown}:{connection.port}")
