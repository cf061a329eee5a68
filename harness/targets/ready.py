"""When a started service counts as ready, and what to say when it does not get there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.clock import SECOND
from harness.model.errors import TargetError
from harness.model.messages import Answer
from harness.model.seams import Clock
from harness.model.services import Route, Service
from harness.targets.logs import cause, tail

_EVERY = 0.02
_PATIENCE = 2.0
"""Seconds one request for the ready route may take before the process is looked at again."""
_SETTINGS = "set `ready` to a route that answers 2xx, or `start_timeout` to what it needs"
_MEANING = {404: ": the service runs, but has no such route"}


def await_ready(
    service: Service,
    what: str,
    *,
    fetch: Callable[[Route, float], Answer | None],
    ended: Callable[[], int | None],
    logs: tuple[Path, ...],
    clock: Clock,
    advice: str = "",
) -> None:
    """Wait until ``service.ready`` is answered, at most ``service.start_timeout`` seconds.

    ``ended`` returns the exit status once the process has died. TargetError carries the tail of the logs, and
    ``advice`` where nothing ever answered.
    """
    bound = clock.now() + round(service.start_timeout * SECOND)
    seen: list[int] = []
    while clock.now() < bound:
        status = ended()
        if status is not None:
            raise died(what, status, logs)
        answer = fetch(service.ready, max(0.05, min(_PATIENCE, (bound - clock.now()) / SECOND)))
        if answer is not None and _good(answer.status, service.ready):
            return
        seen += [answer.status] if answer is not None else []
        clock.sleep(_EVERY)
    raise TargetError(
        f"{what} was not ready within {service.start_timeout:g} s: {service.ready} must be answered, and "
        f"{_answers(seen)}; {(not seen and advice) or _SETTINGS}",
        detail=tail(logs),
    )


def _answers(seen: list[int]) -> str:
    """Tell the statuses of the answers that came: one that stays is of another kind than one that changes."""
    if not seen:
        return "it never answered"
    if len(seen) > 1 and len(set(seen)) == 1:
        return f"each of its {len(seen)} answers was {seen[0]}{_MEANING.get(seen[0], '')}"
    return f"its last answer was {seen[-1]}"


def died(what: str, status: int, logs: tuple[Path, ...]) -> TargetError:
    """Return the error for a server that ended before it was ready, naming what the application raised."""
    raised = cause(logs)
    why = f"the application failed to start: {raised}" if raised else "its log says why"
    return TargetError(f"{what} ended ({ending(status)}) before it was ready; {why}", detail=tail(logs))


def ending(status: int) -> str:
    """Say how a process ended: ``exit status 3``, ``signal 9``."""
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def _good(status: int, route: Route) -> bool:
    """Tell whether ``status`` means ready: 2xx or 3xx; on the bare root, which may not be a route, below 500."""
    return 200 <= status < (500 if route.path == "/" else 400)
