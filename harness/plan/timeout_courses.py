"""The courses of the timeout family: what is sent before, during and after a fault, one small function each.

Events are numbered: 1 the baseline, 2 the one that meets the fault and is asked for again, 3 onwards further ones,
100 onwards those of a recovery.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from harness.model.faults import Fault
from harness.model.messages import Request
from harness.model.records import record
from harness.model.services import Configuration, Operation
from harness.model.steps import (
    Arm,
    AwaitStrike,
    Begin,
    Clear,
    Collect,
    Kill,
    Pause,
    Phase,
    ReadBack,
    Recover,
    Send,
    Settle,
    Step,
)
from harness.plan.choreography import ACCEPTED, valid
from harness.plan.contracts import valid_request

RECOVERY_EVENT = 100
"""The number of the first event that a recovery sends."""

CALLER_WAITS = 300
"""Milliseconds that a caller gives where he gives few."""

ONE_AT_A_TIME = "the target serves one request at a time"

ALL_IN = 0.2
"""Seconds after which every request that was begun has come as far as it can."""

PINNED_FROM = 2
"""Requests above which all meet a fault on one connection, so that one worker has enough of them to take a decision."""

SLOW = 0.4
"""Deadlines of the service that an answer takes which is slow and still in time for most."""

SLOWER = 0.6
"""Deadlines of the service that an answer takes which leaves little time for anything else."""


@record
class Scene:
    """What a course is made for. ``fault`` is None where its entry arms nothing; ``sends`` requests meet it.

    ``sure``: the fault strikes the operation's own effect. ``several_workers``, ``mortal`` and ``concurrent`` say
    what the target can do. ``others`` are the other operations of the scenario.
    """

    operation: Operation
    configuration: Configuration
    fault: Fault | None
    sends: int
    sure: bool
    several_workers: bool = False
    mortal: bool = False
    concurrent: bool = False
    others: tuple[Operation, ...] = ()


@record
class Course:
    """The steps of one case, and the checks that must have a chance to fail in it; or why there is none.

    ``unchecked`` are checks that every other course gives a chance and this one does not. ``watch``: the watched routes
    are probed, which shows nothing where the service's own processes are killed. ``bystander`` is the other
    operation that it sends, ``label`` tells it from its entry's others. ``more`` are further cases of the same entry.
    """

    steps: tuple[Step, ...] = ()
    checks: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    omitted: str = ""
    bystander: str = ""
    label: str = ""
    more: tuple[Course, ...] = ()
    watch: bool = True


def in_order(scene: Scene) -> Course:
    """Meet the fault with one request after the other."""
    return Course(steps=(*_baseline(scene), *_armed(scene, *_fault_sends(scene)), *_way_back(scene)))


def next_one_is_refused(scene: Scene) -> Course:
    """Let one answer come late, and refuse every call after it: who then reads the late answer believes it is his own.

    The second request goes out on the first one's connection, so that the same process serves it.
    """
    fault = _fault(scene)
    refusal = Fault(
        id="refusal",
        dependency=fault.dependency,
        kind="status",
        call=fault.call,
        settings={"code": 503.0},
        needed=False,
    )
    first = valid(scene.operation, "fault-1", 2)
    second = replace(valid(scene.operation, "fault-2", 3), same_connection="fault-1")
    middle = (
        Arm(fault=fault),
        Arm(fault=refusal),
        first,
        second,
        Clear(fault=fault.id),
        Clear(fault=refusal.id),
        Settle(),
    )
    return Course(steps=(*_baseline(scene), *middle, *_way_back(scene)))


def crowd(scene: Scene) -> Course:
    """Let more requests wait than the service has threads, and read meanwhile what was stored before."""
    if not scene.concurrent:
        return Course(omitted=ONE_AT_A_TIME)
    fault = _fault(scene)
    service = scene.configuration.service
    count = max(8, min(32, 2 * service.workers * service.threads))
    waiting = tuple(valid(scene.operation, f"fault-{n}", n + 1) for n in range(1, count + 1))
    before, during = _read(scene, "read-before", Phase.BASELINE), _read(scene, "read-during", Phase.FAULT)
    steps: tuple[Step, ...] = (
        *_baseline(scene),
        *before,
        Arm(fault=fault),
        *(Begin(send=send) for send in waiting),
        AwaitStrike(fault=fault.id),
        Pause(seconds=ALL_IN),
        *during,
        *(Collect(of=send.label) for send in waiting),
        Clear(fault=fault.id),
        Settle(),
    )
    watched = ("watched-routes-stay-fast",) if scene.configuration.watch else ()
    return Course(steps=(*steps, *_way_back(scene)), checks=watched)


def callers_deadline(scene: Scene) -> Course:
    """Give the service no time at all, or less than its dependency takes."""
    name = scene.operation.deadline_header
    if not name:
        return Course(omitted="the operation declares no header for its caller's deadline (deadline_header)")
    left = CALLER_WAITS if scene.fault else 0
    send = _with_header(valid(scene.operation, "fault-1", 2), name, str(left))
    middle = _armed(scene, send) if scene.fault else (send, Settle())
    unchecked = () if scene.fault else ("failure-is-declared",)
    return Course(
        steps=(*_baseline(scene), *middle, *_way_back(scene)), checks=("callers-deadline-kept",), unchecked=unchecked
    )


def client_leaves(scene: Scene) -> Course:
    """Leave while the dependency is slow, and send the same event again at once."""
    if not scene.operation.event:
        return Course(omitted="the operation declares no event identity, so nothing can be asked for again")
    fault = _fault(scene)
    delay = float(fault.settings["delay"])
    left = valid(scene.operation, "fault-1", 2, give_up_after=delay / 2)
    again = valid(scene.operation, "fault-2", 2)
    return Course(steps=(*_baseline(scene), *_armed(scene, left, again), *_way_back(scene)))


def other_worker(scene: Scene) -> Course:
    """Send the event that failed again to another worker: once in the trouble, once after it."""
    if not scene.several_workers or not scene.operation.event:
        return Course(omitted="the target cannot be made to serve a retry from another of two or more processes")
    first = valid(scene.operation, "fault-1", 2)
    again = valid(scene.operation, "fault-2", 2, other_worker_than="fault-1")
    return Course(steps=(*_baseline(scene), *_armed(scene, first, again), *_way_back(scene)))


def duplicate_meanwhile(scene: Scene) -> Course:
    """Send the event again while the first request still waits for the answer to what is done already."""
    if not scene.concurrent:
        return Course(omitted=ONE_AT_A_TIME)
    if not scene.operation.event:
        return Course(omitted="the operation declares no event identity, so nothing can be asked for again")
    fault = _fault(scene)
    first, again = valid(scene.operation, "fault-1", 2), valid(scene.operation, "fault-2", 2)
    middle: tuple[Step, ...] = (
        Arm(fault=fault),
        Begin(send=first),
        AwaitStrike(fault=fault.id),
        again,
        Collect(of=first.label),
        Clear(fault=fault.id),
        Settle(),
    )
    return Course(steps=(*_baseline(scene), *middle, *_way_back(scene)))


def two_troubles(scene: Scene) -> Course:
    """Let every other dependency be slow while the operation's own effect fails; they need not all be called."""
    fault = _fault(scene)
    slow = tuple(
        Fault(
            id=f"slow-{dependency.name}",
            dependency=dependency.name,
            kind="late",
            settings={"delay": scene.configuration.service.deadline * SLOWER},
            needed=False,
        )
        for dependency in scene.configuration.dependencies
        if dependency.name != fault.dependency and dependency.calls
    )
    if not slow:
        return Course(omitted="only one dependency is declared")
    middle: tuple[Step, ...] = (
        *(Arm(fault=one) for one in slow),
        Arm(fault=fault),
        *_fault_sends(scene),
        Clear(fault=fault.id),
        *(Clear(fault=one.id) for one in slow),
        Settle(),
    )
    return Course(steps=(*_baseline(scene), *middle, *_way_back(scene)))


def bystander(scene: Scene) -> Course:
    """Let the fault be felt by one operation, and send another that does not need what fails."""
    found = tuple(_beside(scene, other) for other in scene.others)
    if not found:
        return Course(omitted="no other operation is declared")
    return replace(found[0], more=found[1:])


def restarted(scene: Scene) -> Course:
    """Start the service again while the dependency is gone: it comes up, says so, and finishes what it began."""
    if not scene.mortal or not scene.operation.event:
        return Course(omitted="the processes of this target are not the harness's to kill")
    again = valid(scene.operation, "fault-2", 2)
    first = valid(scene.operation, "fault-1", 2)
    middle = _armed(scene, first, Kill(what="service"), again)
    return Course(steps=(*_baseline(scene), *middle, *_way_back(scene)), watch=False)


def _beside(scene: Scene, other: Operation) -> Course:
    sends = tuple(valid(other, f"beside-{n}", 20 + n) for n in range(1, 5))
    return Course(
        steps=(*_baseline(scene), *_armed(scene, *_pinned((*_fault_sends(scene), *sends))), *_way_back(scene)),
        checks=("bystanders-unharmed",),
        bystander=other.name,
        label=f"beside-{other.name}",
    )


def _fault(scene: Scene) -> Fault:
    if scene.fault is None:
        raise ValueError("this course needs a fault")
    return scene.fault


def _baseline(scene: Scene) -> tuple[Step, ...]:
    return (valid(scene.operation, "baseline-1", 1, phase=Phase.BASELINE, expect=ACCEPTED), Settle())


def _fault_sends(scene: Scene) -> tuple[Send, ...]:
    """Return the requests that meet the fault: events 2 onwards. Many go out on one connection: to one worker."""
    sends = tuple(valid(scene.operation, f"fault-{n}", n + 1) for n in range(1, scene.sends + 1))
    return _pinned(sends) if scene.sends > PINNED_FROM else sends


def _pinned(sends: tuple[Send, ...]) -> tuple[Send, ...]:
    """Return ``sends``, each on the connection of the one before it."""
    return (sends[0], *(replace(send, same_connection=before.label) for before, send in pairwise(sends)))


def _armed(scene: Scene, *steps: Step) -> tuple[Step, ...]:
    """Return ``steps`` with the fault armed before and cleared after them."""
    fault = _fault(scene)
    return (Arm(fault=fault), *steps, Clear(fault=fault.id), Settle())


def _way_back(scene: Scene) -> tuple[Step, ...]:
    """Return the way back: fresh events until every worker is well, then the first failed event again, and its read.

    Without a declared identity no request is the same event again, so none is repeated.
    """
    retry = valid(scene.operation, "retry", 2, phase=Phase.RECOVERY, expect=ACCEPTED)
    reads = (ReadBack(label="read-retry", of="retry", phase=Phase.RECOVERY),) if scene.operation.read else ()
    again: tuple[Step, ...] = (retry, Settle(), *reads) if scene.operation.event else ()
    return (_recover(scene), Settle(), *again)


def _recover(scene: Scene) -> Recover:
    return Recover(
        label="recover",
        operation=scene.operation.name,
        message=valid_request(scene.operation, RECOVERY_EVENT),
        event=RECOVERY_EVENT,
        within=scene.operation.recovery,
        every_worker=True,
    )


def _read(scene: Scene, label: str, phase: Phase) -> tuple[Step, ...]:
    return (ReadBack(label=label, of="baseline-1", phase=phase),) if scene.operation.read else ()


def _with_header(send: Send, name: str, value: str) -> Send:
    """Return ``send`` with one more header; what is no request of its own stays as it is."""
    message = send.message
    if not isinstance(message, Request):
        return send
    return replace(send, message=replace(message, headers=(*message.headers, (name, value))))
