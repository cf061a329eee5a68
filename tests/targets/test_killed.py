"""Killed on purpose: a worker is replaced, a whole service comes back in its place, and neither counts as a loss."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from harness.model.services import Route
from harness.targets import proc
from harness.targets.instance import Capability, Instance, Mortal

from .conftest import Stage

pytestmark = pytest.mark.server

PID = Route(method="GET", path="/pid")
COMMAND = (
    "from wsgiref.simple_server import make_server; import plain, sys;"
    "make_server('127.0.0.1', int(sys.argv[1]), plain.application).serve_forever()"
)


def _pid(instance: Instance) -> int:
    answer = instance.fetch(PID, 5.0)
    assert answer is not None
    return int(json.loads(answer.body))


def _whats(stage: Stage) -> list[str]:
    return [what for what, _ in stage.processes()]


def test_a_killed_worker_is_replaced_and_is_no_loss(stage: Stage) -> None:
    """After the kill both workers answer again; the history holds the kill, and no lost worker."""
    instance = stage.start("gunicorn", workers=2)
    assert isinstance(instance, Mortal)
    worker = _pid(instance)
    instance.kill_worker(worker)
    instance.look()
    assert not proc.alive(worker)
    assert len(instance.processes()) == 3
    assert _whats(stage) == ["started", "ready", "killed", "ready"]


def test_a_process_that_is_not_the_services_is_left_alone(stage: Stage) -> None:
    """Whatever pid is named, only the service's own processes are killed."""
    instance = stage.start("gunicorn", workers=1)
    assert isinstance(instance, Mortal)
    instance.kill_worker(os.getppid())
    assert proc.alive(os.getppid())
    assert _whats(stage) == ["started", "ready", "ready"]


@pytest.mark.parametrize("server", ["gunicorn", "waitress", "command"])
def test_a_killed_service_comes_back_in_its_place(stage: Stage, server: str) -> None:
    """Same address, same directory, other processes; its own directory still goes with it at the end."""
    own = {"command": (sys.executable, "-c", COMMAND, "{port}")} if server == "command" else {}
    instance = stage.start(server, workers=1, env={"KEPT": "{tmp}"}, **own)
    assert Capability.KILL in instance.capabilities
    assert isinstance(instance, Mortal)
    kept = instance.fetch(Route(method="GET", path="/env?KEPT"), 5.0)
    assert kept is not None
    place = Path(json.loads(kept.body)["KEPT"])
    (place / "stored").write_text("data")
    before, authority, first = instance.processes(), instance.authority, _pid(instance)
    instance.restart()
    instance.look()
    assert (instance.authority, (place / "stored").read_text()) == (authority, "data")
    assert _pid(instance) != first
    assert [pid for pid in before if proc.alive(pid)] == []
    instance.stop()
    assert not place.exists()
    assert _whats(stage) == ["started", "ready", *["killed"] * len(before), "started", "ready", "stopped"]
