"""The acts that a case is made of, each one act in one phase, and what a correct service does with what it is sent."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from harness.model.clients import Promise
from harness.model.faults import Fault
from harness.model.messages import Headers, Message
from harness.model.records import record
from harness.model.verdicts import Force


class Phase(StrEnum):
    """Which part of a case a step belongs to."""

    BASELINE = "baseline"
    FAULT = "fault"
    RECOVERY = "recovery"


class Expected(StrEnum):
    """What a correct service makes of one message."""

    ACCEPTED = "accepted"
    """A legal message: 2xx, with its effect."""
    REJECTED = "rejected"
    """A client's fault: 4xx (501 and 505 where the method or version is the fault), no effect."""
    UNANSWERED_OR_REJECTED = "unanswered or rejected"
    """An incomplete message: 4xx or a close without an answer, no effect."""
    EITHER = "either"
    """The rule leaves it open; only what holds everywhere is judged (no 5xx, no hang, no harm)."""


class Compared(StrEnum):
    """What of an accepted message's answer is known beforehand."""

    NOTHING = "nothing"
    RESULT = "result"
    """It means what the valid example means: the answer and the effects of a clean run."""
    TEXTS = "texts"
    """Only plain texts differ from the valid example: where clean runs give them back, they come back as sent."""


@record
class Expectation:
    """The oracle of one message: what, how binding, by which rule.

    ``statuses`` are the codes that the rule names (empty: any of the class); a code of the right
    class outside of them is advice, never a failure. ``field`` is the path that a good answer names.
    ``rule`` is the sentence shown to people, with its source. ``compared`` is what is known of the answer where
    the message is accepted. Without ``owing`` no clean run tells what such a message does: of its effects it owes only
    those that the service itself tried.
    """

    expected: Expected
    force: Force = Force.MUST
    statuses: tuple[int, ...] = ()
    field: str = ""
    rule: str = ""
    compared: Compared = Compared.NOTHING
    owing: bool = True


@record
class Send:
    """Send one message and wait for its answer.

    ``label`` is unique in the case. ``event`` is the number of the identity it carries (0: none), the
    same number in two sends makes them the same event. ``give_up_after`` seconds the client closes
    the connection on purpose. ``same_connection`` names an earlier send whose connection is used
    again when still open. ``other_worker_than`` names an earlier send: this one must be served
    by another process of the service. ``filled_from`` names earlier sends whose answers fill the target: each
    ``{<label>.<field>}`` in it is that field of the JSON answered there. ``promise`` is what an old client was
    promised. ``altered`` tells that the message is not the operation's own example: a clean run says nothing of its
    answer.
    """

    act: Literal["send"] = "send"
    label: str
    phase: Phase = Phase.BASELINE
    operation: str
    message: Message
    event: int = 0
    expect: Expectation | None = None
    give_up_after: float | None = None
    same_connection: str = ""
    other_worker_than: str = ""
    filled_from: tuple[str, ...] = ()
    promise: Promise | None = None
    altered: bool = False


@record
class Together:
    """Send several messages at the same instant: each on its own connection, released by a barrier."""

    act: Literal["together"] = "together"
    sends: tuple[Send, ...]


@record
class Begin:
    """Send one message and go on at once; :class:`Collect` awaits its answer, or the end of the case does."""

    act: Literal["begin"] = "begin"
    send: Send


@record
class Collect:
    """Await the end of the begun send ``of``."""

    act: Literal["collect"] = "collect"
    of: str


@record
class AwaitStrike:
    """Wait until the armed ``fault`` has struck ``times`` calls, at most ``within`` seconds.

    A fault that does not strike in that time leaves the case not carried out: what follows needs the held call.
    """

    act: Literal["await-strike"] = "await-strike"
    fault: str
    times: int = 1
    within: float = 3.0


@record
class Kill:
    """End processes of the service as a crash does (SIGKILL), and wait until it serves with all its workers again.

    ``worker`` is the process that serves the begun send ``of``, and its server starts another. ``service`` is every
    process: the harness starts it again on its port, with what it had stored.
    """

    act: Literal["kill"] = "kill"
    what: Literal["worker", "service"]
    of: str = ""


@record
class Insist:
    """Send the same event again until it is accepted or refused for good, at most ``within`` seconds.

    Every try is an exchange of its own, labelled ``<label>-1``, ``<label>-2``, ...; all carry event number ``event``.
    An answer that a duplicate in flight may get, a failure and silence ask for another try. ``promised`` tells that
    the bound is the service's own promise and not the harness's patience.
    """

    act: Literal["insist"] = "insist"
    label: str
    operation: str
    message: Message
    event: int
    within: float
    every: float = 0.25
    promised: bool = False


@record
class ReadBack:
    """Read what the answered send ``of`` stored, through the operation's declared ``read`` route.

    Nothing is read where ``of`` was not accepted: there is nothing to read then.
    """

    act: Literal["read-back"] = "read-back"
    label: str
    of: str
    headers: Headers = ()
    phase: Phase = Phase.BASELINE


@record
class Arm:
    """Arm one fault at its dependency."""

    act: Literal["arm"] = "arm"
    fault: Fault


@record
class Clear:
    """Clear an armed fault: connections it holds are released, calls are answered normally again."""

    act: Literal["clear"] = "clear"
    fault: str


@record
class Prepare:
    """Put into the service's database what the case needs there: SQL ``statements``, in order, all or none.

    A placeholder of an event in them becomes its identity, as in a message.
    """

    act: Literal["prepare"] = "prepare"
    statements: tuple[str, ...]


@record
class Settle:
    """Wait for quiescence: nothing open inbound or at a double, then ``quiet`` seconds without an event.

    Gives up after ``bound`` seconds; what depends on quiescence is then unknown.
    """

    act: Literal["settle"] = "settle"
    quiet: float = 0.05
    bound: float = 5.0


@record
class Pause:
    """Let ``seconds`` pass (references lie apart in time)."""

    act: Literal["pause"] = "pause"
    seconds: float


@record
class Recover:
    """Send fresh events of an operation until one is accepted, at most ``within`` seconds.

    Every try is an exchange of its own, labelled ``<label>-1``, ``<label>-2``, ...; try k carries event
    number ``event + k - 1``. An answer that says it is degraded asks for another try. ``every_worker``: each worker
    process of the service has to accept one, each within the bound; where workers cannot be told apart, one is enough.
    """

    act: Literal["recover"] = "recover"
    label: str
    operation: str
    message: Message
    event: int
    within: float = 2.0
    every: float = 0.1
    every_worker: bool = False


@record
class Threshold:
    """A bound on a number of a load: ``p(95) < 250ms``, ``errors < 1%``, ``rate > 40``.

    ``measure`` is ``p``, ``errors`` or ``rate``; ``quantile`` (0 to 100) belongs to ``p``; ``bound`` is in
    seconds, as a fraction, or in answers per second.
    """

    text: str
    measure: Literal["p", "errors", "rate"]
    quantile: float = 0.0
    comparison: Literal["<", ">"]
    bound: float


@record
class Part:
    """A ``share`` (0 to 1) of a load's arrivals that sends another message than the load's own.

    ``expect`` is what a correct service makes of it. ``reads``: the target holds ``{answer.field}``, and reads back
    what a request of the load itself was answered before; such a part carries the event that it reads.
    """

    label: str
    share: float
    operation: str
    message: Message
    tokens: tuple[str, ...] = ()
    expect: Expected = Expected.ACCEPTED
    reads: bool = False


@record
class Surge:
    """A time of more arrivals: from ``at`` seconds after the warm-up, for ``seconds``, ``factor`` times as many."""

    at: float
    seconds: float
    factor: float


@record
class KillWorker:
    """End one worker process of the service at once (SIGKILL), as a machine short of memory does."""

    act: Literal["kill-worker"] = "kill-worker"


@record
class TellToStop:
    """Ask the service to end (SIGTERM), as every deployment does."""

    act: Literal["tell-to-stop"] = "tell-to-stop"


CONTROL_ITSELF = "control-itself"
"""The label of the plain request that shows that the control application is there: it answers 200, or it is none."""


ORDINARY = "ordinary-latency"
"""The id of a fault that is none: the dependency takes a while, as real ones do, so that requests are at work."""


@record
class Meanwhile:
    """An act in the middle of a load, ``at`` seconds after its first arrival (to about a third of a second)."""

    at: float
    act: Annotated[Arm | Clear | KillWorker | TellToStop, Field(discriminator="act")]


@record
class Load:
    """Constant arrivals of one operation: ``rate`` per second for ``seconds``, whatever the answers do.

    ``message`` carries ``tokens``: strings in its body that are replaced in each request by a string
    that no other request carries, so that an answer can be held against its own request.
    ``repeat`` is the fraction of requests that repeat the event of an earlier one, byte for byte; ``together`` is the
    fraction of these that are due at the very instant of their first. ``volley`` requests are due at the same instant,
    each its own event, the rate staying what it is. ``slow`` clients beside the others drip a valid request, byte
    by byte, and never finish it. ``warmup`` seconds at the same rate are sent before and not measured.
    """

    act: Literal["load"] = "load"
    label: str
    operation: str
    message: Message
    rate: float
    seconds: float
    warmup: float = 1.0
    tokens: tuple[str, ...] = ()
    repeat: float = 0.0
    seed: int = 0
    thresholds: tuple[Threshold, ...] = ()
    together: float = 0.0
    volley: int = 1
    slow: int = 0
    parts: tuple[Part, ...] = ()
    surge: Surge | None = None
    meanwhile: tuple[Meanwhile, ...] = ()


Step = Annotated[
    Send
    | Together
    | Begin
    | Collect
    | AwaitStrike
    | Kill
    | Insist
    | ReadBack
    | Arm
    | Clear
    | Prepare
    | Settle
    | Pause
    | Recover
    | Load,
    Field(discriminator="act"),
]


def troubles(step: Step) -> bool:
    """Tell whether a step puts a fault on the service, or kills some of it; in the middle of a load, too."""
    return isinstance(step, Arm | Kill) or (isinstance(step, Load) and bool(step.meanwhile))


def sends_of(step: Step) -> tuple[Send, ...]:
    """Return the planned sends of one step, in order; none of a step that makes its own, such as :class:`Insist`."""
    match step:
        case Send():
            return (step,)
        case Begin():
            return (step.send,)
        case Together():
            return step.sends
        case _:
            return ()
