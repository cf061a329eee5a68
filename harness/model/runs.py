"""What a run directory says of the run itself (``run.json``), beside its plan and its history."""

from __future__ import annotations

from enum import StrEnum

from harness.model.gates import Gate
from harness.model.records import record
from harness.model.scenarios import Scenario
from harness.model.services import Configuration, OperationContract

FORMAT = 1
"""The format of a run directory; a directory of another format is refused by name."""


class State(StrEnum):
    """How far a run came."""

    RUNNING = "running"
    """Begun; a directory left in this state belongs to a run that was killed."""
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    """Ended early by a signal."""
    BROKEN = "broken"
    """Ended early by an error, which ``trouble`` tells."""
    UNSAVED = "unsaved"
    """Ended early because what was seen could be written no further."""


@record
class Handler:
    """Where the service's own function that answers an operation begins: a file, and a line from 1.

    ``file`` is a path from where the run was started, or from the service's directory where that lies elsewhere.
    """

    operation: str
    file: str
    line: int


@record
class Run:
    """One run. ``started`` and ``finished`` are UTC in ISO 8601; ``took`` is seconds.

    ``selected`` tells in words what the options narrowed the run to; empty: everything. ``profile`` is the name of the
    profile that was run. ``target`` tells what was
    tested and how it ran (``gunicorn 27.0.1, 2 workers x 4 threads``). ``salt`` makes the run's identities fresh.
    ``gate`` is what it is held against.
    """

    format: int = FORMAT
    id: str
    state: State
    started: str
    finished: str = ""
    took: float = 0.0
    seed: int
    salt: str
    harness: str
    python: str
    target: str = ""
    selected: str = ""
    profile: str = ""
    trouble: str = ""
    configuration: Configuration
    scenarios: tuple[Scenario, ...]
    contracts: tuple[OperationContract, ...] = ()
    handlers: tuple[Handler, ...] = ()
    gate: Gate = Gate()

    @property
    def day(self) -> str:
        """The day (ISO 8601, UTC) on which the run began: the today of its waivers, whenever it is judged."""
        return self.started[:10]
