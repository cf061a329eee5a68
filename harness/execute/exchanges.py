"""One exchange: what goes out is written down before it goes, what comes back when it is there."""

from __future__ import annotations

import threading

from harness.execute.filling import filled
from harness.execute.world import Course
from harness.model.events import Answered, Sent, Unanswered
from harness.model.identities import identity, realise
from harness.model.messages import Request, Silence, Wire
from harness.model.seams import Recorder
from harness.model.steps import CONTROL_ITSELF, Phase, Send
from harness.model.wire import as_wire
from harness.targets.client import Reply
from harness.targets.instance import Line

KEPT = 64 * 1024
"""How many bytes of a sent message the history keeps."""


def exchange(
    step: Send,
    course: Course,
    line: Line,
    *,
    barrier: threading.Barrier | None = None,
    group: str = "",
    tell_worker: bool = False,
) -> None:
    """Send one message on ``line`` and write down what was sent, what came of it, and, if asked, who served it."""
    world, case = course.world, course.case
    message = filled(realise(step.message, world.salt, case.id), step.filled_from, course.answers)
    number = _sent(step, course, message, group=group)
    if barrier is not None:
        barrier.wait()
    reply = line.exchange(message, timeout=world.patience, give_up_after=step.give_up_after)
    pid = _served_by(step, course, line, asked=tell_worker)
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
            case=case,
            exchange=number,
            answer=reply.answers[0],
            later=reply.answers[1:],
            sent_at=reply.sent_at,
            served_by=pid,
        )
    else:
        silence = reply.silence or Silence.CLOSED
        what = Unanswered(case=case, exchange=number, silence=silence, detail=reply.detail, sent_at=reply.sent_at)
    recorder.record(source, what, reply.done_at)


def _served_by(step: Send, course: Course, line: Line, *, asked: bool) -> int:
    """Look up which process served a send, where the case asks for it."""
    wanted = {send.other_worker_than for send in course.case.sends()} - {""}
    if not (asked or step.other_worker_than or step.label in wanted):
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


def control_lane(course: Course) -> None:
    """Send the messages of the case's trouble to the trivial application on the same server, then a plain request."""
    control = course.world.control
    if not course.case.control or control is None:
        return
    trouble = [send for send in course.case.sends() if send.phase is Phase.FAULT]
    plain = Request(method="GET", target="/")
    itself = Send(label=CONTROL_ITSELF, phase=Phase.FAULT, operation=course.case.operation, message=plain)
    for send in (*trouble, itself):
        message = realise(send.message, course.world.salt, course.case.id)
        number = _sent(send, course, message, lane="control")
        line = control.connect(course.world.patience)
        reply = line.exchange(message, timeout=course.world.patience, give_up_after=send.give_up_after)
        line.close()
        _ended(course.case.id, number, reply, course.world.recorder, source="control")
