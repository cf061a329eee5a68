"""The acts that a case is made of: one small function each, named in the table at the end."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any
from urllib.parse import quote

from harness.execute.crashes import await_strike, begin, collect, insist, kill
from harness.execute.exchanges import exchange
from harness.execute.filling import field_of
from harness.execute.meanwhile import acting
from harness.execute.preparing import prepare
from harness.execute.quiescence import settle
from harness.execute.recovery import recover
from harness.execute.world import CannotCarryOut, Course, Double
from harness.model.identities import realise_fault
from harness.model.messages import Answer, Request
from harness.model.steps import (
    Arm,
    AwaitStrike,
    Begin,
    Clear,
    Collect,
    Insist,
    Kill,
    Load,
    Pause,
    Prepare,
    ReadBack,
    Recover,
    Send,
    Settle,
    Together,
)
from harness.probes.sampling import Moment, sampler, sampling
from harness.targets.instance import Capability, Line


def _send(step: Send, course: Course) -> None:
    pids = _others(step, course)
    with course.world.instance.pausing(pids) if pids else nullcontext():
        exchange(step, course, _line(step, course))


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
    world = course.world
    lines = [_line(send, course) for send in step.sends]
    barrier = threading.Barrier(len(step.sends), timeout=world.patience)
    group = step.sends[0].label

    def send(planned: Send, line: Line) -> None:
        exchange(planned, course, line, barrier=barrier, group=group)

    try:
        with ThreadPoolExecutor(max_workers=len(step.sends)) as threads:
            list(threads.map(send, step.sends, lines))
    except threading.BrokenBarrierError as error:
        raise CannotCarryOut(
            f"{len(step.sends)} sends could not be released at the same instant within {world.patience:g} s"
        ) from error


def _read_back(step: ReadBack, course: Course) -> None:
    """Read what an accepted send stored; where it was not accepted there is nothing to read."""
    operation = course.world.configuration.operation(course.case.operation)
    answer = course.answers.get(step.of)
    if operation.read is None or answer is None or answer.status // 100 != 2:
        return
    target = _filled(operation.read.path, answer)
    request = Request(method=operation.read.method, target=target, headers=step.headers)
    send = Send(label=step.label, phase=step.phase, operation=course.case.operation, message=request)
    exchange(send, course, _line(send, course))


def _filled(path: str, answer: Answer) -> str:
    """Return ``path`` with each ``{answer.a.b}`` replaced by that field of the answer's JSON."""
    return re.sub(r"\{answer\.([^}]+)\}", lambda match: quote(field_of(answer, match.group(1)), safe=""), path)


def _arm(step: Arm, course: Course) -> None:
    _double(step.fault.dependency, course).arm(realise_fault(step.fault, course.world.salt, course.case.id))


def _clear(step: Clear, course: Course) -> None:
    fault = next(fault for fault in course.case.faults() if fault.id == step.fault)
    double = _double(fault.dependency, course)
    course.troubles.extend(double.observe())
    double.clear(step.fault)


def _double(name: str, course: Course) -> Double:
    try:
        return course.world.doubles[name]
    except KeyError as error:
        raise CannotCarryOut(f"no double plays the dependency '{name}'") from error


def _pause(step: Pause, course: Course) -> None:
    course.world.clock.sleep(step.seconds)


def _load(step: Load, course: Course) -> None:
    """Run a load in a process of its own, with the service's resources sampled before, during and after."""
    world = course.world
    visible = Capability.RESOURCES in world.instance.capabilities
    take = sampler(world.instance, course.case.id, world.recorder) if visible else _unsampled
    take("before")
    with sampling(take), acting(step, course) as told:
        ran = world.run_load(step, course.case.id, world.instance.authority, told)
    world.recorder.record("load", ran)
    settle(Settle(quiet=0.2), course)
    take("after")


def _unsampled(moment: Moment) -> None:
    """Take no sample: the processes of this target are not ours to see."""


ACTS: dict[type[object], Callable[[Any, Course], None]] = {
    Send: _send,
    Together: _together,
    Begin: begin,
    Collect: collect,
    AwaitStrike: await_strike,
    Kill: kill,
    Insist: insist,
    ReadBack: _read_back,
    Arm: _arm,
    Clear: _clear,
    Prepare: prepare,
    Settle: settle,
    Pause: _pause,
    Recover: recover,
    Load: _load,
}
"""How each kind of step is carried out."""
