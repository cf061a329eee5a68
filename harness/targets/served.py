"""A service on a server that the harness started: reached over real sockets, and its processes ours to look at."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from harness.clock import SECOND
from harness.model.errors import TargetError
from harness.model.messages import Answer, Request
from harness.model.seams import Clock, Recorder
from harness.model.services import Route, Service
from harness.targets import client, proc
from harness.targets.instance import Capability, fetched
from harness.targets.lives import Lives
from harness.targets.logs import LogReader, tail
from harness.targets.place import HOST, Place, directory, prepare
from harness.targets.process import Order, Supervised
from harness.targets.ready import await_ready
from harness.targets.recipe import Recipe

_TRIES = 3
"""How often a port is chosen anew for a server that binds it itself and found it taken."""
_TAKEN = ("Address already in use", "EADDRINUSE", "Errno 98")

Way = Callable[[Service, int, Place], Recipe]
"""One way to run a service: the service, the number of workers and its surroundings to a recipe."""


class ServedInstance:
    """A server on loopback under its watchdog."""

    def __init__(self, number: int, place: Place, recipe: Recipe, supervised: Supervised, recorder: Recorder) -> None:
        self.number = number
        self.authority = f"{HOST}:{place.port}"
        self.description = recipe.description
        self.capabilities: frozenset[Capability] = recipe.capabilities
        self.place = place
        self._port = place.port
        self._advice = recipe.advice
        self._supervised = supervised
        self._lives = Lives(number, supervised, place.logs, recorder, workers=recipe.workers)
        self._readers = readers(place, number)
        self._recorder = recorder
        self._lock = threading.Lock()

    def connect(self, timeout: float) -> client.Connection:
        """Open a connection within ``timeout`` seconds."""
        return client.connect(HOST, self._port, authority=self.authority, timeout=timeout)

    def fetch(self, route: Route, timeout: float) -> Answer | None:
        """Ask for ``route`` on a connection of its own."""
        return fetched(self.connect(timeout), self.authority, route, timeout)

    def still_open(self, local_ports: Iterable[int]) -> tuple[int, ...]:
        """Return which of these client ports the server still holds open."""
        return proc.open_ports(self._port, local_ports)

    def worker_of(self, local_port: int) -> int:
        """Return the pid that holds the accepted connection; 0: not accepted yet, or closed."""
        return proc.holder(self._port, local_port, self._supervised.pids())

    def pausing(self, pids: Iterable[int]) -> AbstractContextManager[None]:
        """Keep processes of this service stopped inside the block."""
        own = set(self._supervised.pids())
        return proc.pausing(pid for pid in pids if pid in own)

    def processes(self) -> tuple[int, ...]:
        """Return every living process of the service."""
        return self._supervised.pids()

    def look(self) -> None:
        """Record lost workers and the death of the whole."""
        with self._lock:
            self._lives.look()

    def read_log(self) -> None:
        """Record new log lines."""
        with self._lock:
            for reader in self._readers:
                reader.read(self._recorder)

    def stop(self) -> None:
        """Take everything down."""
        with self._lock:
            self._lives.stop()

    def await_ready(self, service: Service, clock: Clock) -> None:
        """Wait until the service answers, and until every worker has."""
        started = clock.now()
        poll = self._supervised.poll
        await_ready(
            service,
            self.description,
            fetch=self.fetch,
            ended=poll,
            logs=self.place.logs,
            clock=clock,
            advice=self._advice,
        )
        self._await_every_worker(service, clock, started + round(service.start_timeout * SECOND))
        self._lives.ready((clock.now() - started) / SECOND)

    def _await_every_worker(self, service: Service, clock: Clock, bound: int) -> None:
        """Have each worker answer once, so that no case meets one that is still importing.

        Those that answered are paused, so the next connection goes to another. Where the server closes each
        connection at once nobody can tell who answered; then this is left.
        """
        answered: set[int] = set()
        wanted = self._lives.wanted
        while len(answered) < wanted:
            if clock.now() > bound:
                count = f"{len(answered)} of {wanted} workers answered within {service.start_timeout:g} s"
                raise TargetError(f"{self.description}: {count}", detail=tail(self.place.logs))
            with self.pausing(answered):
                worker = self._who_answers(service.ready, (bound - clock.now()) / SECOND)
            if not worker:
                return
            answered.add(worker)

    def _who_answers(self, route: Route, timeout: float) -> int:
        line = self.connect(timeout)
        line.exchange(Request(method=route.method, target=route.path), timeout=timeout)
        worker = self.worker_of(line.local_port)
        line.close()
        return worker


def start(
    way: Way,
    service: Service,
    *,
    number: int,
    env: Mapping[str, str],
    workers: int,
    logs: Path,
    recorder: Recorder,
    clock: Clock,
) -> ServedInstance:
    """Start ``service`` in this ``way`` and wait until it is ready; on failure nothing is left running."""
    for attempt in range(1, _TRIES + 1):
        instance = _begin(way, service, number, env, workers or service.workers, logs, recorder)
        try:
            instance.await_ready(service, clock)
        except TargetError as error:
            instance.stop()
            if attempt == _TRIES or not any(sign in error.detail for sign in _TAKEN):
                raise
        except BaseException:
            # Interrupted while waiting: the server must not outlive the wait.
            instance.stop()
            raise
        else:
            return instance
    raise AssertionError("unreachable: the last try returns or raises")


def readers(place: Place, number: int) -> tuple[LogReader, ...]:
    """Return the readers of both streams, each a source of its own: order holds within a stream."""
    paths = {"stdout": place.stdout, "stderr": place.stderr}
    return tuple(LogReader(path, stream, f"{stream}-{number}") for stream, path in paths.items())


def _begin(
    way: Way, service: Service, number: int, env: Mapping[str, str], workers: int, logs: Path, recorder: Recorder
) -> ServedInstance:
    place = prepare(service, env, logs, f"instance-{number}" if number else "control")
    recipe = way(service, workers, place)
    if not recipe.takes_descriptor:
        os.close(place.descriptor)
        place = dataclasses.replace(place, descriptor=-1)
    descriptors = (place.descriptor,) if recipe.takes_descriptor else ()
    try:
        supervised = Supervised(order(recipe, service, place, descriptors))
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
    return ServedInstance(number, place, recipe, supervised, recorder)


def order(recipe: Recipe, service: Service, place: Place, descriptors: tuple[int, ...]) -> Order:
    """Return what the watchdog is told."""
    return Order(
        arguments=recipe.arguments,
        directory=directory(service),
        environment={**place.environment, **recipe.environment},
        stdout=place.stdout,
        stderr=place.stderr,
        descriptors=descriptors,
        remove=place.tmp,
    )
