"""What happens in the middle of a load: a dependency fails and comes back, a worker is killed, all is stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from harness.clock import SECOND
from harness.execute.world import CannotCarryOut, Course
from harness.model.identities import realise_fault
from harness.model.messages import Request
from harness.model.steps import Arm, Clear, KillWorker, Load, Meanwhile, TellToStop
from harness.probes.beside import beside
from harness.targets import proc
from harness.targets.instance import Mortal

PATIENCE = 1.0
"""Seconds to wait for a process with a call at work, or for an answer that shows which process serves."""

LOOK = 0.002
"""Seconds between two looks for a process with a call at work."""


@contextmanager
def acting(step: Load, course: Course) -> Iterator[Callable[[float], None]]:
    """Carry out what ``step`` plans meanwhile; the yielded function is to be called when its first request is due.

    Acts whose time did not come before the block ends are told as a trouble of the case, and so is what cannot be done.
    """
    begun = threading.Event()

    def told(_: float) -> None:
        begun.set()

    def act(over: threading.Event) -> None:
        while not begun.wait(0.01):
            if over.is_set():
                return
        start = time.monotonic_ns()
        for planned in step.meanwhile:
            left = planned.at - (time.monotonic_ns() - start) / SECOND
            if over.wait(max(left, 0.0)):
                course.troubles.append(f"the load ended before its time for '{planned.act.act}' came")
                return
            _carried_out(planned, course)

    with beside(*((act,) if step.meanwhile else ())):
        yield told


def _carried_out(planned: Meanwhile, course: Course) -> None:
    try:
        _ACTS[type(planned.act)](planned.act, course)
    except CannotCarryOut as error:
        course.troubles.append(str(error))


def _arm(act: Arm, course: Course) -> None:
    fault = realise_fault(act.fault, course.world.salt, course.case.id)
    course.world.doubles[fault.dependency].arm(fault)


def _clear(act: Clear, course: Course) -> None:
    fault = next(fault for fault in course.case.faults() if fault.id == act.fault)
    double = course.world.doubles[fault.dependency]
    course.troubles.extend(double.observe())
    double.clear(act.fault)


def _kill_worker(_: KillWorker, course: Course) -> None:
    """Kill a worker with a call at work, so that there is something to lose; where none comes, one that serves."""
    mortal, clock = _mortal(course), course.world.clock
    bound = clock.now() + round(PATIENCE * SECOND)
    while not (busy := _calling(course)) and clock.now() < bound:
        clock.sleep(LOOK)
    mortal.strike_down(busy[0] if busy else _worker(course))


def _tell_to_stop(_: TellToStop, course: Course) -> None:
    _mortal(course).tell_to_stop()


def _mortal(course: Course) -> Mortal:
    instance = course.world.instance
    if not isinstance(instance, Mortal):
        raise CannotCarryOut("the processes of this target are not the harness's to end")
    return instance


def _calling(course: Course) -> tuple[int, ...]:
    """Return the processes of the service with a call under way at the slow dependency, the busiest first."""
    fault = next(iter(course.case.faults()), None)
    if fault is None or not course.world.doubles[fault.dependency].open_calls():
        return ()
    port = urlsplit(course.world.doubles[fault.dependency].url).port or 0
    own = int(course.world.instance.authority.rpartition(":")[2])
    found = proc.callers(port, course.world.instance.processes())
    return tuple(sorted(found, key=lambda pid: -proc.connections(own, pid)))


def _worker(course: Course) -> int:
    """Return a process that serves: the one that takes a new connection now."""
    world = course.world
    line = world.instance.connect(PATIENCE)
    ready = world.configuration.service.ready
    line.exchange(Request(method=ready.method, target=ready.path), timeout=PATIENCE)
    pid = world.instance.worker_of(line.local_port)
    line.close()
    if not pid:
        raise CannotCarryOut("which process of the service serves could not be seen, so none was killed")
    return pid


_ACTS: dict[type[object], Callable[[Any, Course], None]] = {
    Arm: _arm,
    Clear: _clear,
    KillWorker: _kill_worker,
    TellToStop: _tell_to_stop,
}
