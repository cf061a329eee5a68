"""A service on a server that the harness started: reached over real sockets, its processes ours to look at and kill."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from harness.clock import SECOND
from harness.model.errors import TargetError
from harness.model.messages import Answer, Request
from harness.model.records import record
from harness.model.seams import Clock, Recorder
from harness.model.services import Route, Service
from harness.targets import client, proc
from harness.targets.instance import Capability, asked, fetched
from harness.targets.lives import Lives
from harness.targets.logs import LogReader, tail
from harness.targets.place import HOST, Place, directory, prepare, rebound
from harness.targets.process import Order, Supervised
from harness.targets.ready import TAKEN, await_ready
from harness.targets.recipe import Recipe

_TRIES = 3
"""How often a port is chosen anew for a server that binds it itself and found it taken."""
_GONE_BOUND = 5
"""Seconds for killed processes to be gone; what is left then is taken down with its watchdog."""
_GONE_LOOK = 0.01

Way = Callable[[Service, int, Place], Recipe]
"""One way to run a service: the service, the number of workers and its surroundings to a recipe."""


@record
class Founding:
    """What an instance is started with, so that it can be started again in the same place."""

    way: Way
    service: Service
    workers: int
    place: Place
    recipe: Recipe

    def supervised(self) -> Supervised:
        """Start the service under a watchdog; only it holds the listening socket then."""
        descriptors = (self.place.descriptor,) if self.recipe.takes_descriptor else ()
        try:
            return Supervised(order(self.recipe, self.service, self.place, descriptors))
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def again(self) -> Founding:
        """Return the founding of the next life: same directory, same environment, same port."""
        return found(self.way, self.service, self.workers, rebound(self.place))


def found(way: Way, service: Service, workers: int, place: Place) -> Founding:
    """Return how ``service`` is to be started at ``place``, whose socket is closed where the server binds its own."""
    recipe = way(service, workers, place)
    if not recipe.takes_descriptor:
        os.close(place.descriptor)
        place = dataclasses.replace(place, descriptor=-1)
    return Founding(way=way, service=service, workers=workers, place=place, recipe=recipe)


class ServedInstance:
    """A server on loopback under its watchdog."""

    def __init__(self, number: int, founding: Founding, recorder: Recorder, clock: Clock) -> None:
        place, recipe = founding.place, founding.recipe
        self.number = number
        self.authority = f"{HOST}:{place.port}"
        self.description = recipe.description
        self.capabilities: frozenset[Capability] = recipe.capabilities
        self.environment: Mapping[str, str] = place.environment
        self.place = place
        self._port = place.port
        self._founding = founding
        self._clock = clock
        self._supervised = founding.supervised()
        self._lives = Lives(number, self._supervised, place.logs, recorder, workers=recipe.workers)
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

    def kill_worker(self, pid: int) -> None:
        """Kill one worker; return when its server has replaced it and every worker answers."""
        self._killed((pid,) if pid in self._supervised.pids() else ())
        self.await_ready()

    def strike_down(self, pid: int) -> None:
        """Kill one worker and wait for nothing."""
        self._killed((pid,) if pid in self._supervised.pids() else ())

    def tell_to_stop(self) -> None:
        """Send SIGTERM to the server and wait for nothing."""
        with self._lock:
            self._lives.told_to_stop()
        with suppress(ProcessLookupError):
            os.kill(self._supervised.pid, signal.SIGTERM)

    def restart(self) -> None:
        """Kill every process and start the service again on the same port, in the same place."""
        before = self._supervised
        bound = self._clock.now() + _GONE_BOUND * SECOND
        while (pids := before.pids()) and self._clock.now() < bound:
            self._killed(pids)
            self._clock.sleep(_GONE_LOOK)
        self._founding = self._refounded(bound)
        # Started before the first watchdog leaves: at every moment one of the two removes the directory at the end.
        self._supervised = self._founding.supervised()
        with self._lock:
            self._lives.reborn(self._supervised)
        before.stop(keep=True)
        self.await_ready()

    def _refounded(self, bound: int) -> Founding:
        """Return the founding of the next life. A process whose threads still end is dead, and yet holds its port."""
        while True:
            try:
                return self._founding.again()
            except TargetError:
                if self._clock.now() >= bound:
                    raise
            self._clock.sleep(_GONE_LOOK)

    def _killed(self, pids: tuple[int, ...]) -> None:
        with self._lock:
            self._lives.killed(pids)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def await_ready(self) -> None:
        """Wait until the service answers, and until every worker has."""
        service, clock = self._founding.service, self._clock
        started = clock.now()
        poll = self._supervised.poll
        await_ready(
            service,
            self.description,
            ask=lambda route, timeout: asked(self.connect(timeout), self.authority, route, timeout),
            ended=poll,
            logs=self.place.logs,
            clock=clock,
            advice=self._founding.recipe.advice,
            processes=self._supervised.pids,
        )
        self._await_every_worker(started + round(service.start_timeout * SECOND))
        with self._lock:
            self._lives.ready((clock.now() - started) / SECOND)

    def _await_every_worker(self, bound: int) -> None:
        """Have each worker answer once, so that no case meets one that is still importing.

        Those that answered are paused, so the next connection goes to another. Where the server closes each
        connection at once nobody can tell who answered; then this is left.
        """
        service, clock = self._founding.service, self._clock
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
        name = f"instance-{number}" if number else "control"
        founding = found(way, service, workers or service.workers, prepare(service, env, logs, name))
        instance = ServedInstance(number, founding, recorder, clock)
        try:
            instance.await_ready()
        except TargetError as error:
            instance.stop()
            if attempt == _TRIES or not any(sign in error.detail for sign in TAKEN):
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
        scratch=place.scratch,
    )
