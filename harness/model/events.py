"""The history: everything that was observed, each with its time, its source and the source's own count.

Order holds within a source; overlap between sources is concurrency. ``at`` is nanoseconds of the
machine's monotonic clock (CLOCK_MONOTONIC is shared by all processes of a machine), so events of
the generator, the double and the probes lie on one axis.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.model.faults import Fault, Landed
from harness.model.messages import Answer, Headers, Raw, Silence
from harness.model.records import record
from harness.model.steps import Phase


@record
class CaseStarted:
    """A case began on an instance of the service (``instance`` counts from 1).

    ``attempt`` counts from 1: a case that the machine disturbed is carried out again, and the last one is judged.
    ``rerun``: it was judged already, and this attempt only tells how often its findings are seen.
    """

    kind: Literal["case-started"] = "case-started"
    case: str
    instance: int = 0
    attempt: int = 1
    rerun: bool = False


@record
class CaseFinished:
    """A case ended. ``trouble`` says what kept it from being carried out whole; empty: nothing did."""

    kind: Literal["case-finished"] = "case-finished"
    case: str
    trouble: str = ""


@record
class Settled:
    """A wait for quiescence ended. ``open`` says what was still open at the bound; empty: all quiet."""

    kind: Literal["settled"] = "settled"
    case: str
    open: str = ""


@record
class Sent:
    """A message went out, exactly these bytes. ``exchange`` numbers exchanges across the run.

    ``lane`` is ``sut``, or ``control`` for the trivial application on the same server. ``identities`` are
    the fresh values that stand for the event numbers, in order of number.
    """

    kind: Literal["sent"] = "sent"
    case: str
    exchange: int
    lane: Literal["sut", "control"] = "sut"
    label: str
    phase: Phase
    operation: str
    event: int
    identity: str = ""
    data: Raw
    clipped: bool = False
    """The bytes kept are the first 64 KiB; ``size`` is the whole."""
    size: int = 0
    group: str = ""
    """Sends with the same non-empty group were released by one barrier."""


@record
class Answered:
    """The answer of an exchange arrived (whole, or as far as it came)."""

    kind: Literal["answered"] = "answered"
    case: str
    exchange: int
    answer: Answer
    later: tuple[Answer, ...] = ()
    """Further answers on the same connection, where the bytes held several requests."""
    sent_at: int = 0
    """When the first byte was really written (0: at the time of the sent event, which is written before)."""
    served_by: int = 0
    """Process id of the worker that served it, 0 where it was not looked up or not found."""


@record
class Unanswered:
    """An exchange ended without an answer."""

    kind: Literal["unanswered"] = "unanswered"
    case: str
    exchange: int
    silence: Silence
    detail: str = ""
    sent_at: int = 0


@record
class CallReceived:
    """A dependency's double received a call. ``call`` is the declared route, empty where none matches."""

    kind: Literal["call-received"] = "call-received"
    dependency: str
    call_id: int
    call: str
    method: str
    target: str
    headers: Headers
    body: Raw


@record
class CallEnded:
    """A double finished with a call. ``status`` is 0 where no whole answer was sent; ``how`` says what happened."""

    kind: Literal["call-ended"] = "call-ended"
    dependency: str
    call_id: int
    status: int = 0
    how: str = "answered"


@record
class Effect:
    """A call changed something at the dependency. ``new`` is false for a repeat under a known key."""

    kind: Literal["effect"] = "effect"
    dependency: str
    call_id: int
    call: str
    key: str | None
    new: bool = True


@record
class FaultArmed:
    """A fault was armed."""

    kind: Literal["fault-armed"] = "fault-armed"
    fault: Fault


@record
class FaultFired:
    """A fault struck. ``asked`` and ``got`` are seconds, for kinds that take time; ``call_id`` 0: no call was read."""

    kind: Literal["fault-fired"] = "fault-fired"
    fault: str
    dependency: str
    fault_kind: str
    call_id: int = 0
    landed: Landed = Landed.NONE
    asked: float = 0.0
    got: float = 0.0
    evidence: str = ""


@record
class FaultCleared:
    """A fault was cleared; ``fired`` is how often it struck in all."""

    kind: Literal["fault-cleared"] = "fault-cleared"
    fault: str
    fired: int


@record
class Watched:
    """A watched route was probed at ``at`` and answered (status 0: given up) ``took`` seconds later."""

    kind: Literal["watched"] = "watched"
    case: str
    route: str
    status: int
    took: float


@record
class Stalled:
    """The control of all timing: the longest oversleep (seconds) in the ``window`` seconds before ``at``.

    ``others`` is the part (0 to 1) of the machine's processors that was taken by processes which are neither the
    harness's nor the service's; below 0: not known. ``disk`` is the slowest write of one page to the disk in the
    window, in seconds; below 0: not known.
    """

    kind: Literal["stalled"] = "stalled"
    worst: float
    window: float
    others: float = -1.0
    disk: float = -1.0


@record
class LogLine:
    """A line that the service wrote, as the harness read it after the fact (its order within the file holds)."""

    kind: Literal["log-line"] = "log-line"
    stream: str
    text: str


@record
class ProcessSeen:
    """Something happened to the service's processes: started, ready, worker-lost, died, stopped.

    ``killed`` and ``told-to-stop`` are the harness's own doing: a worker ended by SIGKILL, the whole asked by SIGTERM.
    """

    kind: Literal["process"] = "process"
    what: Literal["started", "ready", "worker-lost", "died", "stopped", "killed", "told-to-stop"]
    instance: int
    pid: int = 0
    detail: str = ""


@record
class Resources:
    """A sample of the service's process tree: bytes of resident memory, open descriptors, threads, processes."""

    kind: Literal["resources"] = "resources"
    case: str
    moment: Literal["before", "during", "after"]
    rss: int
    descriptors: int
    threads: int
    processes: int


@record
class LoadRan:
    """A load step ended; its per-request log lies in ``file`` of the run directory.

    ``planned`` arrivals, ``sent`` requests, ``answered`` answers. ``trouble`` says what broke the generator.
    """

    kind: Literal["load-ran"] = "load-ran"
    case: str
    label: str
    file: str
    planned: int
    sent: int
    answered: int
    trouble: str = ""


Happening = Annotated[
    CaseStarted
    | CaseFinished
    | Settled
    | Sent
    | Answered
    | Unanswered
    | CallReceived
    | CallEnded
    | Effect
    | FaultArmed
    | FaultFired
    | FaultCleared
    | Watched
    | Stalled
    | LogLine
    | ProcessSeen
    | Resources
    | LoadRan,
    Field(discriminator="kind"),
]


@record
class Event:
    """One line of the history: who saw what, when. ``count`` numbers the events of ``source`` from 1."""

    source: str
    count: int
    at: int
    what: Happening


@record
class LoadRequest:
    """One request of a load, as the generator wrote it down. Times are nanoseconds of the monotonic clock.

    Latency counts from ``due`` (the intended start), never from ``sent``: waiting to be sent is waiting.
    ``event`` numbers the event carried; the same number twice is a deliberate duplicate.
    ``status`` 0: no answer, ``silence`` says why. ``body`` is the answer's (first 4 KiB, as text).
    ``part`` is the label of the part of a mixed load that it belongs to; empty: the load's own message.
    """

    index: int
    event: int
    identity: str
    tokens: tuple[str, ...] = ()
    due: int
    sent: int
    done: int
    status: int = 0
    silence: str = ""
    body: str = ""
    measured: bool = True
    part: str = ""
