"""Crashes on purpose, and what surrounds them: sends that go on in the background, and the wait for a held call."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from itertools import count

from harness.clock import SECOND
from harness.execute.exchanges import exchange
from harness.execute.world import Begun, CannotCarryOut, Course
from harness.model.errors import TargetError
from harness.model.steps import AwaitStrike, Begin, Collect, Insist, Kill, Phase, Send
from harness.targets.instance import Line, Mortal

BEYOND = 10.0
"""Seconds beyond the client's patience after which an exchange that has not ended never will."""

POLL = 0.005
"""Seconds between two looks at a fault that is to strike."""


def begin(step: Begin, course: Course) -> None:
    """Send in a thread of its own; nothing waits for the answer yet."""
    line = course.world.instance.connect(course.world.patience)
    ending: Future[None] = Future()
    course.begun[step.send.label] = Begun(line=line, ending=ending)
    threading.Thread(target=_exchanged, args=(step.send, course, line, ending), daemon=True).start()


def _exchanged(send: Send, course: Course, line: Line, ending: Future[None]) -> None:
    try:
        exchange(send, course, line)
    except BaseException as error:  # noqa: BLE001 - a thread's error belongs to who waits for it
        ending.set_exception(error)
    else:
        ending.set_result(None)


def collect(step: Collect, course: Course) -> None:
    """Wait until the exchange has ended; it ends by the client's patience."""
    awaited(course.begun[step.of], course)


def awaited(begun: Begun, course: Course) -> None:
    """Wait until a begun send has ended; CannotCarryOut where it does not, long after its own bound."""
    bound = course.world.patience + BEYOND
    try:
        begun.ending.result(bound)
    except TimeoutError as error:
        raise CannotCarryOut(f"an exchange in the background did not end within {bound:g} s") from error


def await_strike(step: AwaitStrike, course: Course) -> None:
    """Wait for the fault to strike."""
    fault = next(fault for fault in course.case.faults() if fault.id == step.fault)
    double, clock = course.world.doubles[fault.dependency], course.world.clock
    bound = clock.now() + round(step.within * SECOND)
    while double.struck(step.fault) < step.times:
        if clock.now() >= bound:
            raise CannotCarryOut(f"no call came to {fault.dependency} within {step.within:g} s, so none could be held")
        clock.sleep(POLL)


def kill(step: Kill, course: Course) -> None:
    """Kill, and wait until the service is whole again."""
    instance = course.world.instance
    if not isinstance(instance, Mortal):
        raise CannotCarryOut("the processes of this target are not the harness's to kill")
    try:
        if step.what == "service":
            instance.restart()
        else:
            instance.kill_worker(_serving(step.of, course))
    except TargetError as error:
        raise CannotCarryOut(f"the service did not come back after it was killed: {error}") from error


def _serving(label: str, course: Course) -> int:
    """Return the process that serves a begun send."""
    pid = course.world.instance.worker_of(course.begun[label].line.local_port)
    if not pid:
        raise CannotCarryOut(f"which process serves '{label}' could not be seen")
    return pid


def insist(step: Insist, course: Course) -> None:
    """Send the event until it is accepted, refused for good, or the bound is reached; the first try is always made."""
    clock = course.world.clock
    bound = clock.now() + round(step.within * SECOND)
    for turn in count(1):
        label = f"{step.label}-{turn}"
        send = Send(label=label, phase=Phase.RECOVERY, operation=step.operation, message=step.message, event=step.event)
        exchange(send, course, course.world.instance.connect(course.world.patience))
        if _final(label, step.operation, course) or clock.now() >= bound:
            return
        clock.sleep(step.every)


def _final(label: str, operation: str, course: Course) -> bool:
    """Tell whether an answer settles the matter: 2xx, or 4xx that does not ask to wait."""
    answer = course.answers.get(label)
    waiting = course.world.configuration.operation(operation).in_flight
    return answer is not None and answer.status // 100 in (2, 4) and answer.status not in waiting
