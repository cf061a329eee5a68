"""How a request of a load failed, and whether the load's own disturbances or the machine may have caused it.

A load may be disturbed on purpose: by a surge, by a dependency that fails, by a worker that is killed, by SIGTERM. What
each of these may cause, and for how long, is a window; everything else is the service's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.checks._load_events import STALE, accepted, broken_by_generator, carried, load_of, writes
from harness.checks._timing import CROWDED_OUT, held_up
from harness.model.events import LoadRequest
from harness.model.messages import Silence
from harness.model.records import record
from harness.model.scope import SECOND, Scope
from harness.model.steps import ORDINARY

RECOVERY = 2.0
"""Seconds after a disturbance within which a service is to be as well as before."""

SOUND = 0.25
"""A missed bound is the service's only where the harness was held up for less than this share of it."""

HELD = 1.0
"""Seconds for which the harness must be held up before a refusal is laid to the burst that follows."""

LEAD = 1.0
"""Seconds before a refused request in which what others took of the machine may still lie in the service's queue."""

CLOSING = 0.5
"""Seconds after the end of a process in which a connection that it held may still look open to a client."""

OVERLOADED = frozenset({429, 503, 504})
"""How a service says that it has more to do than it can (RFC 6585, 4; RFC 9110, 15.6)."""


@record
class Window:
    """A time in which requests may fail: with one of ``statuses``, or, where ``silence`` says so, without an answer.

    It holds for what was under way at ``start`` or was due by ``end``.
    """

    start: int
    end: int
    statuses: frozenset[int] = frozenset()
    silence: bool = False

    def excuses(self, request: LoadRequest) -> bool:
        """Tell whether ``request`` was under way in this time and failed in a way that it explains."""
        if request.done < self.start or request.due > self.end:
            return False
        return request.status in self.statuses if request.status else self.silence


def windows(scope: Scope) -> tuple[Window, ...]:
    """Return when and how requests of the load may fail."""
    return tuple(_windows(scope))


def _windows(scope: Scope) -> Iterator[Window]:
    step = load_of(scope)
    grace = round(RECOVERY * SECOND)
    if step is not None and step.surge is not None and scope.requests:
        begin = min(r.due for r in scope.requests) + round((step.warmup + step.surge.at) * SECOND)
        end = begin + round(step.surge.seconds * SECOND) + grace
        yield Window(start=begin, end=end, statuses=OVERLOADED, silence=True)
    for fault in scope.faults:
        if fault.fault.id != ORDINARY:
            end = (fault.cleared or max((r.done for r in scope.requests), default=fault.armed)) + grace
            failing = frozenset(scope.operation.failing) | OVERLOADED
            yield Window(start=fault.armed, end=end, statuses=failing)
    for killed in scope.killed:
        yield Window(start=killed, end=killed + round(CLOSING * SECOND), silence=True)
    if scope.told_to_stop:
        end = max((r.done for r in scope.requests), default=scope.told_to_stop)
        yield Window(start=scope.told_to_stop, end=end, statuses=OVERLOADED, silence=True)


def recovered_from(scope: Scope) -> int:
    """Return from when on (ns) the service is to be well again after the load's disturbances; 0: there were none."""
    return max((window.end for window in windows(scope)), default=0)


def symptom(request: LoadRequest, expected: int = 0) -> str:
    """Return in a word how ``request`` failed; empty where it did not, or not by the service."""
    if accepted(request) or (request.status and request.status == expected):
        return ""
    if request.status >= 500:
        return str(request.status)
    if request.status:
        return "legal request rejected"
    if broken_by_generator(request):
        return ""
    return STALE if request.silence == STALE else f"no answer: {request.silence}"


def in_flight(scope: Scope) -> frozenset[int]:
    """Return the requests that were told, as the operation declares, that their event was still at work."""
    return frozenset(
        request.index
        for event in carried(writes(scope)).values()
        for request in event.requests
        if request.status in scope.operation.in_flight and _beside(request, event.requests)
    )


def _beside(request: LoadRequest, others: Sequence[LoadRequest]) -> bool:
    """Return whether another request of the same event was under way at the same time."""
    return any(o.index != request.index and o.sent <= request.done and request.sent <= o.done for o in others)


def machine(scope: Scope, request: LoadRequest) -> str:
    """Say what on the machine may have made ``request`` fail; empty: nothing, or it is no failure of that kind."""
    if request.status in OVERLOADED:
        return held_up(scope, request.due - round(LEAD * SECOND), request.done, HELD)
    if request.silence == Silence.TIMEOUT:
        return held_up(scope, request.due, request.done, SOUND * (request.done - request.due) / SECOND, CROWDED_OUT)
    return ""
