"""When a started service counts as ready, and what to say when it does not get there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.clock import SECOND
from harness.model.errors import TargetError
from harness.model.messages import Silence
from harness.model.seams import Clock
from harness.model.services import Route, Service
from harness.targets.client import Reply
from harness.targets.instance import whole
from harness.targets.logs import cause, tail
from harness.targets.place import counted
from harness.targets.process import UNSEEN

_EVERY = 0.02
_PATIENCE = 2.0
"""Seconds one request for the ready route may take before the process is looked at again."""
_SETTINGS = "set `ready` to a route that answers 2xx, or `start_timeout` to what it needs"
_SILENT = {
    Silence.REFUSED: "",
    Silence.TIMEOUT: "no whole answer in time",
    Silence.CLOSED: "it closed the connection without one",
    Silence.RESET: "it reset the connection without one",
    Silence.ABANDONED: "the client left",
}
_MEANING = {
    401: ": the service runs, but asks who is there; `ready` is a route for everybody",
    403: ": the service runs, but asks who is there; `ready` is a route for everybody",
    404: ": the service runs, but has no such route",
    405: ": the service runs, but not with this method there",
    500: ": the service runs, but fails there",
}
TAKEN = ("Address already in use", "Connection in use", "EADDRINUSE", "Errno 98")
"""What a log says where somebody else listens on the port that a server asks for."""


def await_ready(
    service: Service,
    what: str,
    *,
    ask: Callable[[Route, float], Reply],
    ended: Callable[[], int | None],
    logs: tuple[Path, ...],
    clock: Clock,
    advice: str = "",
    processes: Callable[[], tuple[int, ...]] = tuple,
) -> None:
    """Wait until ``service.ready`` is answered, at most ``service.start_timeout`` seconds.

    ``ended`` returns the exit status once the process has died, ``processes`` those that are left then. TargetError
    carries the tail of the logs, and ``advice`` where nothing ever answered.
    """
    bound = clock.now() + round(service.start_timeout * SECOND)
    seen: list[int] = []
    last = ""
    while clock.now() < bound:
        reply = ask(service.ready, max(0.05, min(_PATIENCE, (bound - clock.now()) / SECOND)))
        answer, last = whole(reply), _told(reply)
        status = ended()  # after the answer: of a service that went to the background another process may give it
        if status is not None:
            raise died(what, status, logs, processes())
        if answer is not None and _good(answer.status, service.ready):
            return
        seen += [answer.status] if answer is not None else []
        clock.sleep(_EVERY)
    raise TargetError(
        f"{what} was not ready within {service.start_timeout:g} s: {service.ready} must be answered, and "
        f"{_answers(seen, last)}{_raised(seen, logs)}; {(not seen and advice) or _SETTINGS}",
        detail=tail(logs),
    )


def _answers(seen: list[int], last: str) -> str:
    """Tell the statuses of the answers that came: one that stays is of another kind than one that changes.

    ``last`` tells what came of the last try.
    """
    if not seen:
        return f"it never answered (at last: {last})"
    if len(seen) > 1 and len(set(seen)) == 1:
        return f"each of its {len(seen)} answers was {seen[0]}{_MEANING.get(seen[0], '')}"
    return f"its last answer was {seen[-1]}"


def _raised(seen: list[int], logs: tuple[Path, ...]) -> str:
    """Tell what a service that answered 5xx raised, where its log says so."""
    found = cause(logs) if seen and seen[-1] >= 500 else ""
    return f" ({found})" if found else ""


def _told(reply: Reply) -> str:
    """Tell why a reply holds no whole answer."""
    if reply.silence is None:
        return "its answer was cut" if all(answer.valid for answer in reply.answers) else "what it sent is not HTTP"
    return ": ".join(filter(None, (_SILENT[reply.silence], reply.detail)))


def died(what: str, status: int, logs: tuple[Path, ...], left: tuple[int, ...] = ()) -> TargetError:
    """Return the error for a server that ended before it was ready, naming what the application raised.

    ``left`` are the processes that it left behind.
    """
    said = tail(logs)
    return TargetError(f"{what} ended ({ending(status)}) before it was ready; {_why(logs, said, left)}", detail=said)


def _why(logs: tuple[Path, ...], said: str, left: tuple[int, ...]) -> str:
    """Say why a server ended before it was ready."""
    raised = cause(logs)
    if any(sign in said for sign in TAKEN):
        return "a port that it asks for is in use: end what listens there, or have it listen on {port}"
    if raised:
        return f"the application failed to start: {raised}"
    if left:
        return f"it left {counted(len(left), 'process', 'processes')} behind: have it stay in the foreground"
    return "its log says why" if said else "it wrote nothing to its log"


def ending(status: int) -> str:
    """Say how a process ended: ``exit status 3``, ``signal 9``."""
    if status == UNSEEN:
        return "unseen, since its watchdog was killed before"
    return f"signal {-status}" if status < 0 else f"exit status {status}"


def _good(status: int, route: Route) -> bool:
    """Tell whether ``status`` means ready: 2xx or 3xx; on the bare root, which may not be a route, below 500."""
    return 200 <= status < (500 if route.path == "/" else 400)
