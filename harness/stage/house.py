"""Everything that stands while a run goes on: doubles, instances of the service, the control, the clock control.

What was opened is closed in reverse order, whatever happens. An instance that died is replaced for the
next case, so one death is one finding and not the end of the run.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from harness.doubles import Double
from harness.execute import World
from harness.load import LoadGenerator
from harness.model.cases import Case
from harness.model.events import LoadRan
from harness.model.identities import salted
from harness.model.records import record
from harness.model.runs import Handler
from harness.model.seams import Clock, Recorder
from harness.model.services import Configuration, Server, ServiceClock
from harness.model.steps import Load
from harness.probes.beside import beside
from harness.probes.disk import SyncMeter
from harness.probes.neighbours import meter
from harness.probes.stalls import stall_control
from harness.probes.watch import watching
from harness.targets.control import launch_control
from harness.targets.instance import Capability, Instance
from harness.targets.launch import launch
from harness.targets.serving import Served, serving
from harness.targets.sources import handlers


@record
class Means:
    """What a house is built with. ``directory`` is the run's own."""

    configuration: Configuration
    recorder: Recorder
    clock: Clock
    salt: str
    directory: Path
    allow_remote: tuple[str, ...] = ()


class House:
    """A context: doubles and clock control stand from the beginning, instances are started when they are needed."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._stack = ExitStack()
        self._numbers = count(1)
        self._exchanges = count(1)
        self._shared: dict[int, Instance] = {}
        self._control: Instance | None = None
        self._control_known = False
        self.doubles: dict[str, Double] = {}

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            self._logs = Path(opening.enter_context(tempfile.TemporaryDirectory(prefix="harness-")))
            disk = SyncMeter(self._logs)
            opening.enter_context(beside(disk.work))
            opening.enter_context(_control_of_timing(self._means, disk))
            for dependency in self._means.configuration.dependencies:
                double = Double(
                    dependency, recorder=self._means.recorder, clock=self._means.clock, salt=self._means.salt
                )
                double.start()
                opening.callback(double.stop)
                self.doubles[dependency.name] = double
            self._generator = opening.enter_context(LoadGenerator())
            self._stack = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def shared(self, workers: int = 0) -> Instance:
        """Return the instance that cases share, with ``workers`` (0: as configured); started anew where it died."""
        wanted = workers or self._means.configuration.service.workers
        instance = self._shared.get(wanted)
        if instance is not None and _dead(instance):
            instance.look()  # its death is written down before another takes its place
            instance = None
        if instance is None:
            instance = self._launched(wanted)
            self._stack.callback(instance.stop)
            self._shared[wanted] = instance
        return instance

    def renew(self) -> None:
        """Let the next case find a service to which nothing was done yet, where the harness starts it."""
        for wanted, instance in tuple(self._shared.items()):
            if Capability.RESTART in instance.capabilities:
                instance.stop()
                del self._shared[wanted]

    @contextmanager
    def world(self, case: Case, attempt: int) -> Iterator[World]:
        """Yield what ``case`` is carried out with; an instance of its own stands only as long as the attempt."""
        control = self._control_application() if case.control else None
        if not case.alone:
            yield self._world(self.shared(case.instance.workers), control, attempt)
            return
        service = self._means.configuration.service
        instance = self._launched(case.instance.workers or service.workers, _own(case, service.clock))
        try:
            yield self._world(instance, control, attempt)
        finally:
            instance.stop()

    def handlers(self) -> tuple[Handler, ...]:
        """Return where the service's functions stand that answer the operations; empty where it cannot be told."""
        means = self._means
        configuration = means.configuration
        return handlers(
            configuration.service,
            configuration.operations,
            env=self._addresses(),
            logs=self._logs,
            clock=means.clock,
        )

    def serving(self) -> tuple[Served, ...]:
        """Return what the service serves; empty where it cannot be told."""
        means = self._means
        return serving(means.configuration.service, env=self._addresses(), logs=self._logs, clock=means.clock)

    def _addresses(self) -> dict[str, str]:
        """Return where the dependencies are, by the variables that tell the service."""
        return {d.env: self.doubles[d.name].url for d in self._means.configuration.dependencies if d.env}

    def _launched(self, workers: int, own: Mapping[str, str] = MappingProxyType({})) -> Instance:
        """Start an instance; ``own`` are variables of its own."""
        means = self._means
        return launch(
            means.configuration.service,
            number=next(self._numbers),
            env={**own, **self._addresses()},
            workers=workers,
            logs=self._logs,
            recorder=means.recorder,
            clock=means.clock,
            allow_remote=means.allow_remote,
        )

    def _control_application(self) -> Instance | None:
        """Return the trivial application on the same kind of server; None where the target has no such server.

        One that died is started anew: dead, it would share every fault of the server.
        """
        if not self._control_known or (self._control is not None and _dead(self._control)):
            self._control_known = True
            self._control = launch_control(
                self._means.configuration.service,
                logs=self._logs,
                recorder=self._means.recorder,
                clock=self._means.clock,
            )
            if self._control is not None:
                self._stack.callback(self._control.stop)
        return self._control

    def _world(self, instance: Instance, control: Instance | None, attempt: int) -> World:
        means = self._means
        salt = salted(means.salt, attempt)

        def watcher(case: str) -> AbstractContextManager[object]:
            return watching(instance, means.configuration.watch, case=case, recorder=means.recorder, clock=means.clock)

        def load(step: Load, case: str, authority: str, progress: Callable[[float], None]) -> LoadRan:
            return self._generator.run(
                step,
                case=case,
                salt=salt,
                authority=authority,
                directory=means.directory,
                timeout=means.configuration.service.deadline * 2,
                progress=progress,
                secrets=means.configuration.secrets,
            )

        return World(
            instance=instance,
            control=control,
            doubles=self.doubles,
            recorder=means.recorder,
            clock=means.clock,
            salt=salt,
            configuration=means.configuration,
            exchanges=self._exchanges,
            watcher=watcher,
            run_load=load,
        )


def _own(case: Case, clock: ServiceClock | None) -> dict[str, str]:
    """Return the variables of the case's own instance: its configuration, and when its clock begins."""
    variables = dict(case.instance.env)
    if clock is not None and case.instance.clock:
        variables[clock.env] = datetime.fromisoformat(case.instance.clock).astimezone(UTC).strftime(clock.form)
    return variables


def _control_of_timing(means: Means, disk: SyncMeter) -> AbstractContextManager[None]:
    """Return the control; the share of a service that somebody else runs cannot be told from that of others."""
    others = None if means.configuration.service.server is Server.URL else meter()
    return stall_control(means.recorder, means.clock, others=others, disk=disk.slowest)


def _dead(instance: Instance) -> bool:
    """Whether an instance that the harness can start again has no process left."""
    return Capability.RESTART in instance.capabilities and not instance.processes()
