"""The trivial application on the same kind of server as the service: it tells their faults apart."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from harness.model.seams import Clock, Recorder
from harness.model.services import Route, Service
from harness.targets import served
from harness.targets.instance import Instance
from harness.targets.launch import WAYS

_APP = "harness.targets.trivial:application"
_ROOT = Path(__file__).resolve().parents[2]
"""The directory that holds the package ``harness``."""
_CONTROLLED = ("gunicorn", "waitress")


def launch_control(service: Service, *, logs: Path, recorder: Recorder, clock: Clock) -> Instance | None:
    """Start the control beside ``service``: one worker, as many threads. It is instance number 0.

    None where nothing comparable can be started: a command, a URL and WSGI without a server have no server of ours.
    """
    if service.server.value not in _CONTROLLED:
        return None
    logs.mkdir(parents=True, exist_ok=True)
    trivial = dataclasses.replace(
        service,
        app=_APP,
        directory=str(logs),
        env={"PYTHONPATH": str(_ROOT)},
        ready=Route(method="GET", path="/"),
        workers=1,
    )
    way = WAYS[service.server]
    return served.start(way, trivial, number=0, env={}, workers=1, logs=logs, recorder=recorder, clock=clock)
