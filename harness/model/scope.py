"""What a check sees: the events of one case, paired and in order.

A scope is built from the history alone (:mod:`harness.history.pairing`), so an old run can be judged again
without a server. Times are nanoseconds of the machine's monotonic clock; durations are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from harness.model.cases import Case
from harness.model.events import LoadRan, LoadRequest, Resources
from harness.model.faults import Fault, Landed
from harness.model.messages import Answer, Headers, Outcome, Raw, Silence
from harness.model.records import record
from harness.model.services import Configuration, Json, Operation, OperationContract
from harness.model.steps import Phase, Send

SECOND = 1_000_000_000
LOG_LINES = 200
"""Lines of the service's log that a scope keeps: the last ones of its case."""


@record
class Exchange:
    """One message and what came of it. ``answer`` and ``silence`` exclude each other.

    ``planned`` is the step that asked for it, None for read-backs, recovery tries and probes. ``later`` are further
    answers on the same connection, where the bytes held several requests.
    """

    number: int
    label: str
    phase: Phase
    operation: str
    event: int
    identity: str
    group: str
    data: Raw
    sent: int
    done: int
    answer: Answer | None = None
    silence: Silence | None = None
    detail: str = ""
    served_by: int = 0
    planned: Send | None = None
    later: tuple[Answer, ...] = ()

    @property
    def took(self) -> float:
        """Seconds from the first byte sent to the end of the exchange."""
        return (self.done - self.sent) / SECOND

    @property
    def status(self) -> int:
        """The answer's status; 0 where there is none."""
        return self.answer.status if self.answer else 0

    @property
    def outcome(self) -> Outcome:
        """Accepted (2xx), rejected (4xx), failed (5xx), or indeterminate (anything else)."""
        if self.answer is None or not self.answer.valid or not self.answer.complete:
            return Outcome.INDETERMINATE
        return _OUTCOMES.get(self.answer.status // 100, Outcome.INDETERMINATE)


_OUTCOMES = {2: Outcome.ACCEPTED, 4: Outcome.REJECTED, 5: Outcome.FAILED}


@record
class DependencyCall:
    """One call that a double received. ``call`` is the declared route, empty where none matches."""

    number: int
    dependency: str
    call: str
    method: str
    target: str
    headers: Headers
    body: Raw
    received: int
    ended: int
    status: int
    how: str


@record
class SeenEffect:
    """One effect at a dependency. ``new`` is false for a repeat under a known key: no second effect."""

    dependency: str
    call: str
    call_number: int
    key: str | None
    new: bool
    at: int


@record
class Firing:
    """One strike of a fault."""

    call_number: int
    landed: Landed
    asked: float
    got: float
    at: int
    evidence: str = ""


@record
class SeenFault:
    """An armed fault and its strikes. ``cleared`` 0: it was still armed at the end of the case."""

    fault: Fault
    armed: int
    cleared: int
    firings: tuple[Firing, ...]


@record
class Probe:
    """One probe of a watched route; status 0: no answer."""

    route: str
    status: int
    sent: int
    took: float


@record
class Stall:
    """How the machine was in the window that ended ``at``: our longest oversleep, the share that others took of it.

    ``others`` is a part (0 to 1) of all processors, ``disk`` the seconds of the slowest write; below 0: not known.
    """

    at: int
    worst: float
    window: float
    others: float = -1.0
    disk: float = -1.0


@record
class Reference:
    """What an operation does when nothing disturbs it, learned from at least three clean runs.

    ``answer`` is the JSON of the first run with noise still in it. ``noise`` maps the JSON pointers (RFC 6901)
    whose value differs from run to run to the kind of difference: ``identifier``, ``time``, ``counter``, ``varied``,
    ``identity`` (the event's own, which must stand there) or ``same as <pointer>`` (identifiers map one to one).
    ``calls`` counts the calls of one request by ``<dependency> <route>``, ``effects``
    its new effects. ``slowest`` is in seconds. ``trouble`` says why the runs do not make a reference; empty: they do.
    """

    operation: str
    runs: int
    status: int = 0
    answer: Json = None
    noise: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, int] = field(default_factory=dict)
    effects: Mapping[str, int] = field(default_factory=dict)
    slowest: float = 0.0
    trouble: str = ""


@record
class Scope:
    """Everything that was observed of one case, and what it is judged against.

    ``control`` holds the exchanges of the same messages with a trivial application on the same server, by
    label. ``unsettled`` says what was still open at a settle's bound, reached at ``gave_up`` (empty: every settle ended
    quiet).
    ``trouble`` says what kept the case from being carried out whole. ``lost_workers`` and ``died`` count deaths of
    worker processes and of the whole service during it; ``killed`` are the moments at which the harness itself ended
    one, ``told_to_stop`` that at which it asked the service to end (0: it did not). ``attempt`` is which attempt this
    was (0: none began). ``settles`` counts the waits for quiescence that ended, ``timed`` tells that the control of
    timing was there to the end of the case.
    ``load``, ``requests``, ``resources`` and ``sampled`` (when each of these was taken) belong to load cases. ``logs``
    are the last lines that the service wrote during the case (at most :data:`LOG_LINES`), in the order of each of its
    streams; ``logged`` tells that it wrote some in its clean runs.
    """

    case: Case
    configuration: Configuration
    contract: OperationContract | None
    references: Mapping[str, Reference]
    exchanges: tuple[Exchange, ...] = ()
    control: Mapping[str, Exchange] = field(default_factory=dict)
    calls: tuple[DependencyCall, ...] = ()
    effects: tuple[SeenEffect, ...] = ()
    faults: tuple[SeenFault, ...] = ()
    probes: tuple[Probe, ...] = ()
    stalls: tuple[Stall, ...] = ()
    resources: tuple[Resources, ...] = ()
    sampled: tuple[int, ...] = ()
    lost_workers: int = 0
    died: int = 0
    killed: tuple[int, ...] = ()
    told_to_stop: int = 0
    load: LoadRan | None = None
    requests: tuple[LoadRequest, ...] = ()
    logs: tuple[str, ...] = ()
    logged: bool = False
    started: bool = False
    finished: bool = False
    attempt: int = 0
    settles: int = 0
    timed: bool = True
    unsettled: str = ""
    gave_up: int = 0
    trouble: str = ""

    @property
    def operation(self) -> Operation:
        """The operation that the case is about."""
        return self.configuration.operation(self.case.operation)

    @property
    def reference(self) -> Reference | None:
        """The clean reference of the case's operation, None where there is none."""
        return self.references.get(self.case.operation)

    def labelled(self, label: str) -> Exchange | None:
        """Return the exchange with this label, None where it did not happen."""
        return next((e for e in self.exchanges if e.label == label), None)

    def of_event(self, event: int) -> tuple[Exchange, ...]:
        """Return the exchanges that carried event number ``event``, in the order sent."""
        return tuple(e for e in self.exchanges if e.event == event)

    def readings(self, start: int, end: int) -> tuple[Stall, ...]:
        """Return the readings of the control whose window touches the time between two moments."""
        return tuple(s for s in self.stalls if s.at >= start and s.at - round(s.window * SECOND) <= end)

    def worst_stall(self, start: int, end: int) -> float | None:
        """Return the longest oversleep (seconds) of the control between two moments; None: no control ran."""
        return max((reading.worst for reading in self.readings(start, end)), default=None)
