"""Quiescence: nothing open inbound or at a double, then a quiet window; so no late effect lands in the next case."""

from __future__ import annotations

from harness.clock import SECOND
from harness.execute.world import Course
from harness.model.events import Settled
from harness.model.steps import Settle

POLL = 0.005
"""Seconds between two looks while something is open."""


def settle(step: Settle, course: Course) -> None:
    """Wait until nothing is open and nothing happened for a quiet window, or the bound is reached.

    Doubles say when something last happened there, so the rest of a window that cannot end sooner is slept through.
    """
    world = course.world
    begun = world.clock.now()
    bound = begun + round(step.bound * SECOND)
    while True:
        now = world.clock.now()
        still = _open(course)
        active = max([begun, *(double.last_activity() for double in world.doubles.values())])
        quiet = active + round(step.quiet * SECOND)
        if not still and now >= quiet:
            break
        if now >= bound:
            still = still or f"the dependencies were never quiet for {step.quiet:g} s"
            break
        world.clock.sleep(POLL if still else (min(quiet, bound) - now) / SECOND)
    course.world.recorder.record("harness", Settled(case=course.case.id, open=still))


def _open(course: Course) -> str:
    """Say what is still open: calls at the doubles, connections that the client left and the service holds."""
    calls = {name: double.open_calls() for name, double in course.world.doubles.items()}
    open_calls = [f"{number} call(s) at {name}" for name, number in calls.items() if number]
    held = course.world.instance.still_open(tuple(course.left)) if course.left else ()
    inbound = [f"{len(held)} connection(s) that the client left"] if held else []
    return ", ".join(open_calls + inbound)
