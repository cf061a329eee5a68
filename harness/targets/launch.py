"""The one door for starting a service, whatever way it runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.model.errors import TargetError
from harness.model.seams import Clock, Recorder
from harness.model.services import Server, Service
from harness.targets import command, gunicorn, served, url, waitress, wsgi
from harness.targets.instance import Instance
from harness.targets.logs import RAISED, raised

WAYS: Mapping[Server, served.Way] = {
    Server.GUNICORN: gunicorn.recipe,
    Server.WAITRESS: waitress.recipe,
    Server.COMMAND: command.recipe,
}
"""The servers that the harness starts itself."""


def launch(
    service: Service,
    *,
    number: int,
    env: Mapping[str, str],
    workers: int,
    logs: Path,
    recorder: Recorder,
    clock: Clock,
    allow_remote: tuple[str, ...] = (),
) -> Instance:
    """Start ``service`` as instance ``number`` (from 1) and return it once it is ready.

    ``env`` comes on top of the service's own, ``workers`` 0 means as configured, ``logs`` is the directory for what it
    writes and for its own files; where the harness is killed, the watchdogs remove it. TargetError when it cannot be
    started or reached, with the tail of its log; UsageError for an address that is not loopback and not in
    ``allow_remote``.
    """
    if service.server is Server.URL:
        return url.reach(service, number=number, clock=clock, allow_remote=allow_remote)
    if service.server is Server.WSGI:
        return wsgi.start(service, number=number, env=env, logs=logs, recorder=recorder, clock=clock)
    way = WAYS[service.server]
    try:
        return served.start(
            way, service, number=number, env=env, workers=workers, logs=logs, recorder=recorder, clock=clock
        )
    except TargetError as error:
        raise _explained(error, service, env, logs) from error


def _explained(error: TargetError, service: Service, env: Mapping[str, str], logs: Path) -> TargetError:
    """Return why an application did not start: what its import alone raises, where the server's log says no other.

    Servers bury it in frames of their own, or tell it without any.
    """
    alone = wsgi.imported(service, env=env, logs=logs) if service.app else None
    if alone is None:
        return error
    told, found = raised(error.detail), raised(alone.detail)
    same = told.partition(":")[0] == found.partition(":")[0] or not RAISED.match(told)
    return alone if same else error
