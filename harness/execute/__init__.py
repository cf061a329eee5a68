"""One case to events: carries out the steps in order and writes down what happens, nothing else.

No step decides anything about right or wrong. What could not be carried out (which process served a request cannot be
seen, what was stored has no id) ends the case with its trouble told, and the checks take it from there.
"""

from __future__ import annotations

from contextlib import nullcontext

from harness.execute.crashes import awaited
from harness.execute.exchanges import control_lane
from harness.execute.steps import ACTS
from harness.execute.world import CannotCarryOut, Course, World
from harness.model.cases import Case
from harness.model.events import CaseFinished, CaseStarted

__all__ = ["World", "execute"]


def execute(case: Case, world: World, attempt: int = 1, *, rerun: bool = False) -> None:
    """Carry out ``case``; every observation goes to the recorder, and no fault stays armed.

    ``attempt`` counts from 1; ``world`` has another salt in each, so that no event was seen before. A ``rerun`` is not
    judged: it only tells how often what was found is seen.
    A case that is interrupted gets no end in the history, so it is never taken for one that was carried out.
    """
    started = CaseStarted(case=case.id, instance=world.instance.number, attempt=attempt, rerun=rerun)
    world.recorder.record("harness", started)
    course = Course(case=case, world=world)
    try:
        with world.watcher(case.id) if case.watch else nullcontext():
            for step in case.steps:
                ACTS[type(step)](step, course)
        control_lane(course)
    except CannotCarryOut as error:
        course.troubles.append(str(error))
    finally:
        _leave(course)
    world.recorder.record("harness", CaseFinished(case=case.id, trouble="; ".join(course.troubles)))


def _leave(course: Course) -> None:
    """Clear what the case armed, close what it opened, and read what the service wrote meanwhile."""
    for double in course.world.doubles.values():
        double.clear_all()
    for begun in course.begun.values():
        try:
            awaited(begun, course)
        except CannotCarryOut as error:
            course.troubles.append(str(error))
    for line in course.lines.values():
        line.close()
    course.world.instance.look()
    course.world.instance.read_log()
