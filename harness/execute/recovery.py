"""The way back: fresh events until the service is well, on every one of its workers where these can be told apart."""

from __future__ import annotations

from itertools import count

from harness.clock import SECOND
from harness.execute.exchanges import exchange
from harness.execute.world import Course
from harness.model.degraded import says_degraded
from harness.model.identities import renumbered
from harness.model.steps import Phase, Recover, Send
from harness.targets.instance import Capability


def recover(step: Recover, course: Course) -> None:
    """Send fresh events until every worker asked for has accepted one, or one did not within the bound.

    A worker that is well is kept stopped while the next one is asked. The first try is always made.
    """
    clock, wanted = course.world.clock, _workers(step, course)
    well: set[int] = set()
    bound = clock.now() + round(step.within * SECOND)
    for turn in count(1):
        send = _fresh(step, turn)
        with course.world.instance.pausing(well):
            exchange(send, course, course.world.instance.connect(course.world.patience), tell_worker=step.every_worker)
        if _accepted(send, course):
            served = course.served.get(send.label, 0)
            well.add(served)
            if len(well) >= wanted or not served:
                return
            bound = clock.now() + round(step.within * SECOND)
        elif clock.now() >= bound:
            return
        else:
            clock.sleep(step.every)


def _workers(step: Recover, course: Course) -> int:
    """Return how many processes have to be well."""
    world = course.world
    if not step.every_worker or Capability.WORKERS not in world.instance.capabilities:
        return 1
    return course.case.instance.workers or world.configuration.service.workers


def _fresh(step: Recover, turn: int) -> Send:
    """Return the send of one try, an event of its own."""
    event = step.event + turn - 1
    message = renumbered(step.message, step.event, event)
    return Send(
        label=f"{step.label}-{turn}", phase=Phase.RECOVERY, operation=step.operation, message=message, event=event
    )


def _accepted(send: Send, course: Course) -> bool:
    answer = course.answers.get(send.label)
    operation = course.world.configuration.operation(send.operation)
    return answer is not None and answer.status // 100 == 2 and not says_degraded(operation, answer)
