"""What a case is carried out with, and its state while it is under way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import field
from itertools import count
from typing import Protocol

from harness.model.cases import Case
from harness.model.events import LoadRan
from harness.model.faults import Fault
from harness.model.messages import Answer
from harness.model.records import record
from harness.model.seams import Clock, Recorder
from harness.model.services import Configuration
from harness.model.steps import Load
from harness.targets.instance import Instance, Line


class Double(Protocol):
    """What execution needs of a dependency's double."""

    @property
    def url(self) -> str:
        """The base URL under which the service reaches it."""
        ...

    def arm(self, fault: Fault) -> None:
        """Arm a fault."""

    def clear(self, fault_id: str) -> None:
        """Clear a fault and release what it holds."""

    def clear_all(self) -> None:
        """Clear every fault."""

    def observe(self) -> tuple[str, ...]:
        """Write down what a fault shows only when it is looked for; return what cannot be seen here, and why."""
        ...

    def struck(self, fault_id: str) -> int:
        """Return how many calls an armed fault has struck so far; 0 for one that is not armed."""
        ...

    def open_calls(self) -> int:
        """Return how many calls are being answered."""
        ...

    def last_activity(self) -> int:
        """Return when something last happened here (monotonic ns)."""
        ...


class LoadRunner(Protocol):
    """Runs a load step against an address and returns what came of it."""

    def __call__(self, step: Load, case: str, authority: str, progress: Callable[[float], None]) -> LoadRan:
        """Run ``step``; ``progress`` is told the part that is done, the first time when the first request is due."""
        ...


@record
class World:
    """Everything a case is carried out with. ``watcher`` probes the watched routes while its context is open."""

    instance: Instance
    control: Instance | None
    doubles: Mapping[str, Double]
    recorder: Recorder
    clock: Clock
    salt: str
    configuration: Configuration
    exchanges: count[int]
    watcher: Callable[[str], AbstractContextManager[object]]
    run_load: LoadRunner

    @property
    def patience(self) -> float:
        """Seconds that the client waits for an answer: well over the deadline, so that late and never differ."""
        deadline = self.configuration.service.deadline
        return deadline + max(1.0, deadline / 2)


@record
class Begun:
    """A send whose answer is still awaited: its connection, and what comes of it."""

    line: Line
    ending: Future[None]


@record
class Course:
    """The state of one case under way. The dictionaries grow as the case goes on."""

    case: Case
    world: World
    lines: dict[str, Line] = field(default_factory=dict)
    served: dict[str, int] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    begun: dict[str, Begun] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    """Local ports of connections that the client left without an answer."""


class CannotCarryOut(Exception):
    """A step cannot be carried out on this target; the message says why."""
