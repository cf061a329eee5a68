"""One case to events: carries out the steps in order and writes down what happens, nothing else.

No step decides anything about right or wrong. What could not be carried out (a connection that cannot be opened on
another worker, a load that did not start) ends the case with its trouble told, and the checks take it from there.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field, replace
from itertools import count
from typing import Any, Literal, Protocol
from urllib.parse import quote

from harness.clock import SECOND
from harness.model.cases import (
    Arm,
    Case,
    Clear,
    Load,
    Pause,
    Phase,
    ReadBack,
    Recover,
    Send,
    Settle,
    Together,
)
from harness.model.events import (
    Answered,
    CaseFinished,
    CaseStarted,
    LoadRan,
    Resources,
    Sent,
    Settled,
    Unanswered,
)
from harness.model.faults import Fault
from harness.model.identities import identity, realise
from harness.model.messages import Answer, Message, Request, Silence, Wire, placeholder
from harness.model.records import record
from harness.model.seams import Clock, Recorder
from harness.model.services import Configuration
from harness.probes.resources import sample
from harness.targets.client import Reply
from harness.targets.instance import Capability, Instance, Line
from harness.targets.wire import as_wire

KEPT = 64 * 1024
"""How many bytes of a sent message the history keeps."""

POLL = 0.005
"""Seconds between two looks while waiting for quiescence."""


class Double(Protocol):
    """What execution needs of a dependency's double."""

    def arm(self, fault: Fault) -> None:
        """Arm a fault."""

    def clear(self, fault_id: str) -> None:
        """Clear a fault and release what it holds."""

    def clear_all(self) -> None:
        """Clear every fault."""

    def observe(self) -> object:
        """Write down what a fault shows only when it is looked for (a refused connection)."""
        ...

    def open_calls(self) -> int:
        """Return how many calls are being answered."""
        ...

    def last_activity(self) -> int:
        """Return when something last happened here (monotonic ns)."""
        ...


class LoadRunner(Protocol):
    """Runs a load step against an address and returns what came of it."""

    def __call__(self, step: Load, case: str, authority: str) -> LoadRan:
        """Run ``step``."""
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
class Course:
    """The state of one case under way. The dictionaries grow as the case goes on."""

    case: Case
    world: World
    lines: dict[str, Line] = field(default_factory=dict)
    served: dict[str, int] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    """Local ports of connections that the client left without an answer."""


class CannotCarryOut(Exception):
    """A step cannot be carried out on this target; the message says why."""


def execute(case: Case, world: World) -> None:
    """Carry out ``case``; every observation goes to the recorder, and no fault stays armed."""
    world.recorder.record("harness", CaseStarted(case=case.id, instance=world.instance.number))
    course = Course(case=case, world=world)
    trouble = ""
    try:
        with world.watcher(case.id) if case.watch else nullcontext():
            for step in case.steps:
                _ACTS[type(step)](step, course)
        _control(course)
    except CannotCarryOut as error:
        trouble = str(error)
    finally:
        _leave(course)
        world.recorder.record("harness", CaseFinished(case=case.id, trouble=trouble))


def _leave(course: Course) -> None:
    """Clear what the case armed, close what it opened, and read what the service wrote meanwhile."""
    for double in course.world.doubles.values():
        double.clear_all()
    for line in course.lines.values():
        line.close()
    course.world.instance.look()
    course.world.instance.read_log()


def _send(step: Send, course: Course) -> None:
    pids = _others(step, course)
    with course.world.instance.pausing(pids) if pids else nullcontext():
        _exchange(step, course, _line(step, course))


def _others(step: Send, course: Course) -> tuple[int, ...]:
    """Return the processes that must not serve this send."""
    if not step.other_worker_than:
        return ()
    pid = course.served.get(step.other_worker_than, 0)
    if not pid:
        raise CannotCarryOut(f"which process served '{step.other_worker_than}' could not be seen")
    return (pid,)


def _line(step: Send, course: Course) -> Line:
    """Return the connection for a send: that of an earlier one where it is asked for and still open, or a new one."""
    earlier = course.lines.get(step.same_connection)
    if earlier is not None and earlier.usable:
        return earlier
    return course.world.instance.connect(course.world.patience)


def _together(step: Together, course: Course) -> None:
    """Open all connections first, then release all sends at the same instant."""
    lines = [_line(send, course) for send in step.sends]
    barrier = threading.Barrier(len(step.sends))
    group = step.sends[0].label
    threads = [
        threading.Thread(target=_exchange, args=(send, course, line), kwargs={"barrier": barrier, "group": group})
        for send, line in zip(step.sends, lines, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _exchange(
    step: Send,
    course: Course,
    line: Line,
    *,
    barrier: threading.Barrier | None = None,
    group: str = "",
) -> None:
    """Send one message on ``line`` and write down what was sent and what came of it."""
    world, case = course.world, course.case
    message = realise(step.message, world.salt, case.id)
    number = _sent(step, course, message, group=group)
    if barrier is not None:
        barrier.wait()
    reply = line.exchange(message, timeout=world.patience, give_up_after=step.give_up_after)
    pid = _served_by(step, course, line)
    _ended(case.id, number, reply, world.recorder, pid)
    if reply.answers:
        course.answers[step.label] = reply.answers[0]
    _keep_or_close(step, course, line, reply)


def _sent(step: Send, course: Course, message: Request | Wire, *, group: str = "", lane: str = "sut") -> int:
    """Write down a message before it goes out; return the number of its exchange."""
    world, case = course.world, course.case
    number = next(world.exchanges)
    data = as_wire(message, world.instance.authority).data
    what = Sent(
        case=case.id,
        exchange=number,
        lane="control" if lane == "control" else "sut",
        label=step.label,
        phase=step.phase,
        operation=step.operation,
        event=step.event,
        identity=identity(world.salt, case.id, step.event) if step.event else "",
        data=data[:KEPT],
        clipped=len(data) > KEPT,
        size=len(data),
        group=group,
    )
    world.recorder.record("client" if lane == "sut" else "control", what)
    return number


def _ended(case: str, number: int, reply: Reply, recorder: Recorder, pid: int = 0, source: str = "client") -> None:
    """Write down how an exchange ended."""
    if reply.answers:
        what: Answered | Unanswered = Answered(
            case=case, exchange=number, answer=reply.answers[0], sent_at=reply.sent_at, served_by=pid
        )
    else:
        silence = reply.silence or Silence.CLOSED
        what = Unanswered(case=case, exchange=number, silence=silence, detail=reply.detail, sent_at=reply.sent_at)
    recorder.record(source, what, reply.done_at)


def _served_by(step: Send, course: Course, line: Line) -> int:
    """Look up which process served a send, where the case asks for it."""
    wanted = {send.other_worker_than for send in course.case.sends()} - {""}
    if not (step.other_worker_than or step.label in wanted):
        return 0
    course.served[step.label] = course.world.instance.worker_of(line.local_port)
    return course.served[step.label]


def _keep_or_close(step: Send, course: Course, line: Line, reply: Reply) -> None:
    """Keep a connection that a later send asks for; close any other, and remember those left without an answer."""
    wanted = {send.same_connection for send in course.case.sends()}
    if step.label in wanted and line.usable:
        course.lines[step.label] = line
        return
    if not reply.answers:
        course.left.append(line.local_port)
    line.close()


def _read_back(step: ReadBack, course: Course) -> None:
    """Read what an accepted send stored; where it was not accepted there is nothing to read."""
    operation = course.world.configuration.operation(course.case.operation)
    answer = course.answers.get(step.of)
    if operation.read is None or answer is None or answer.status // 100 != 2:
        return
    target = _filled(operation.read.path, answer)
    request = Request(method=operation.read.method, target=target, headers=step.headers)
    send = Send(label=step.label, phase=step.phase, operation=course.case.operation, message=request)
    _exchange(send, course, _line(send, course))


def _filled(path: str, answer: Answer) -> str:
    """Return ``path`` with each ``{answer.a.b}`` replaced by that field of the answer's JSON."""
    body = json.loads(answer.body)

    def field_of(match: re.Match[str]) -> str:
        value: Any = body
        for name in match.group(1).split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is None:
            raise CannotCarryOut(f"the answer has no field '{match.group(1)}', so what was stored cannot be read back")
        return quote(str(value), safe="")

    return re.sub(r"\{answer\.([^}]+)\}", field_of, path)


def _recover(step: Recover, course: Course) -> None:
    """Send fresh events until one is accepted or the bound is reached; the first try is always made."""
    clock = course.world.clock
    bound = clock.now() + round(step.within * SECOND)
    for turn in count(1):
        label = f"{step.label}-{turn}"
        message = _renumbered(step.message, step.event, step.event + turn - 1)
        send = Send(
            label=label, phase=Phase.RECOVERY, operation=step.operation, message=message, event=step.event + turn - 1
        )
        _exchange(send, course, _line(send, course))
        answer = course.answers.get(label)
        if (answer is not None and answer.status // 100 == 2) or clock.now() >= bound:
            return
        clock.sleep(step.every)


def _renumbered(message: Message, old: int, new: int) -> Request:
    """Return ``message`` as another event: the placeholder of ``old`` replaced by that of ``new``."""
    if not isinstance(message, Request):
        raise CannotCarryOut("a recovery sends well-formed requests only")
    before, after = placeholder(old), placeholder(new)
    return replace(
        message,
        target=message.target.replace(before, after),
        headers=tuple((name, value.replace(before, after)) for name, value in message.headers),
        body=message.body.replace(before.encode(), after.encode()),
    )


def _arm(step: Arm, course: Course) -> None:
    _double(step.fault.dependency, course).arm(step.fault)


def _clear(step: Clear, course: Course) -> None:
    fault = next(fault for fault in course.case.faults() if fault.id == step.fault)
    _double(fault.dependency, course).clear(step.fault)


def _double(name: str, course: Course) -> Double:
    try:
        return course.world.doubles[name]
    except KeyError as error:
        raise CannotCarryOut(f"no double plays the dependency '{name}'") from error


def _settle(step: Settle, course: Course) -> None:
    """Wait until nothing is open and nothing happened for a quiet window, or the bound is reached."""
    world = course.world
    begun = world.clock.now()
    for double in world.doubles.values():
        double.observe()
    while True:
        now = world.clock.now()
        still = _open(course)
        active = max([begun, *(double.last_activity() for double in world.doubles.values())])
        if not still and now - active >= round(step.quiet * SECOND):
            break
        if now - begun >= round(step.bound * SECOND):
            still = still or f"the dependencies were never quiet for {step.quiet:g} s"
            break
        world.clock.sleep(POLL)
    course.world.recorder.record("harness", Settled(case=course.case.id, open=still))


def _open(course: Course) -> str:
    """Say what is still open: calls at the doubles, connections that the client left and the service holds."""
    calls = {name: double.open_calls() for name, double in course.world.doubles.items()}
    open_calls = [f"{number} call(s) at {name}" for name, number in calls.items() if number]
    held = course.world.instance.still_open(tuple(course.left)) if course.left else ()
    inbound = [f"{len(held)} connection(s) that the client left"] if held else []
    return ", ".join(open_calls + inbound)


def _pause(step: Pause, course: Course) -> None:
    course.world.clock.sleep(step.seconds)


def _load(step: Load, course: Course) -> None:
    """Run a load in a process of its own, with the service's resources sampled before and after."""
    world = course.world
    _sampled("before", course)
    ran = world.run_load(step, course.case.id, world.instance.authority)
    world.recorder.record("load", ran)
    _settle(Settle(quiet=0.2), course)
    _sampled("after", course)


def _sampled(moment: Literal["before", "after"], course: Course) -> None:
    world = course.world
    if Capability.RESOURCES not in world.instance.capabilities:
        return
    held = sample(world.instance.processes())
    what = Resources(
        case=course.case.id,
        moment=moment,
        rss=held.rss,
        descriptors=held.descriptors,
        threads=held.threads,
        processes=held.processes,
    )
    world.recorder.record("probe", what)


def _control(course: Course) -> None:
    """Send the messages of the case's trouble to the trivial application on the same server."""
    control = course.world.control
    if not course.case.control or control is None:
        return
    for send in course.case.sends():
        if send.phase is not Phase.FAULT:
            continue
        message = realise(send.message, course.world.salt, course.case.id)
        number = _sent(send, course, message, lane="control")
        line = control.connect(course.world.patience)
        reply = line.exchange(message, timeout=course.world.patience, give_up_after=send.give_up_after)
        line.close()
        _ended(course.case.id, number, reply, course.world.recorder, source="control")


_ACTS: dict[type[object], Callable[[Any, Course], None]] = {
    Send: _send,
    Together: _together,
    ReadBack: _read_back,
    Arm: _arm,
    Clear: _clear,
    Settle: _settle,
    Pause: _pause,
    Recover: _recover,
    Load: _load,
}
