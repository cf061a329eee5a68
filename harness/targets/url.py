"""A service that already runs somewhere: nothing is started, nothing is stopped, little can be seen."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from urllib.parse import urlsplit

from harness.model.errors import UsageError
from harness.model.messages import Answer
from harness.model.seams import Clock
from harness.model.services import Route, Service
from harness.targets import client, proc
from harness.targets.instance import Capability, asked, fetched
from harness.targets.ready import await_ready

_NOT_STARTED = "the harness starts no service behind a url: is it running there?"


def refuse_remote(url: str, allowed: tuple[str, ...]) -> None:
    """Raise UsageError unless ``url`` leads to this machine's loopback or its host is in ``allowed``.

    A name is fine when every address it stands for is a loopback one. An address and an allowed name are not resolved.
    """
    host, port = _place(url)
    if host in {name.lower() for name in allowed}:
        return
    consent = f"the harness breaks what it tests. If that service is yours to break, say --allow-remote {host}"
    try:
        addresses = [host] if _is_address(host) else _addresses(host, port)
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"{url} cannot be told to be this machine, since the name {host} cannot be resolved "
            f"({getattr(error, 'strerror', None) or error}). Give 127.0.0.1 or localhost for a service here; for one "
            f"elsewhere, {consent}"
        ) from error
    remote = [address for address in addresses if not ipaddress.ip_address(address).is_loopback]
    if remote:
        raise UsageError(f"{url} leads to {remote[0]}, which is not this machine: {consent}")


class UrlInstance:
    """A service at an address that somebody else keeps running."""

    def __init__(self, number: int, url: str) -> None:
        self._host, self._port = _place(url)
        self.number = number
        self.authority = _authority(self._host, self._port)
        self.description = url
        self.capabilities = frozenset({Capability.WIRE, Capability.CONCURRENT})
        self.environment: Mapping[str, str] = {}

    def connect(self, timeout: float) -> client.Connection:
        """Open a connection within ``timeout`` seconds."""
        return client.connect(self._host, self._port, authority=self.authority, timeout=timeout)

    def fetch(self, route: Route, timeout: float) -> Answer | None:
        """Ask for ``route`` on a connection of its own."""
        return fetched(self.connect(timeout), self.authority, route, timeout)

    def still_open(self, local_ports: Iterable[int]) -> tuple[int, ...]:
        """Return which of these client ports a server on this machine still holds open."""
        return proc.open_ports(self._port, local_ports)

    def worker_of(self, local_port: int) -> int:
        """Return 0: the processes are not ours."""
        del local_port
        return 0

    def pausing(self, pids: Iterable[int]) -> AbstractContextManager[None]:
        """Pause nothing: the processes are not ours."""
        del pids
        return nullcontext()

    def processes(self) -> tuple[int, ...]:
        """Return nothing: the processes are not ours."""
        return ()

    def look(self) -> None:
        """See nothing: the processes are not ours."""

    def read_log(self) -> None:
        """Read nothing: the log is not ours."""

    def stop(self) -> None:
        """Stop nothing: somebody else keeps it running."""


def reach(service: Service, *, number: int, clock: Clock, allow_remote: tuple[str, ...] = ()) -> UrlInstance:
    """Return the service at ``service.url`` once it answers; TargetError when it does not."""
    refuse_remote(service.url, allow_remote)
    instance = UrlInstance(number, service.url)

    def ask(route: Route, timeout: float) -> client.Reply:
        return asked(instance.connect(timeout), instance.authority, route, timeout)

    await_ready(service, service.url, ask=ask, ended=lambda: None, logs=(), clock=clock, advice=_NOT_STARTED)
    return instance


def _place(url: str) -> tuple[str, int]:
    """Return host (lower case) and port of ``url``; UsageError for anything but plain ``http://host[:port]``."""
    problem = f"'{url}' cannot be a target: give http://HOST:PORT"
    try:
        parts = urlsplit(url)
        port = 80 if parts.port is None else parts.port
    except ValueError as error:
        raise UsageError(f"{problem} ({error})") from error
    if parts.scheme == "https":
        raise UsageError(f"{problem}; TLS is not spoken: point the harness at the plain port behind it")
    if parts.username is not None:
        raise UsageError(f"{problem}, without a user: credentials stand in the headers of each operation")
    if parts.scheme != "http" or not parts.hostname or not port:
        raise UsageError(problem)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise UsageError(f"{problem}, without a path: each operation names its own")
    return parts.hostname.lower(), port


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _addresses(host: str, port: int) -> list[str]:
    """Return what the name ``host`` stands for; OSError or UnicodeError where that cannot be told."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]).partition("%")[0] for entry in found]


def _authority(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port == 80 else f"{shown}:{port}"
