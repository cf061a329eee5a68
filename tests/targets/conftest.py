"""Services for the tests: real servers on loopback with the small application beside this file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.clock import SystemClock
from harness.history.memory import MemoryRecorder
from harness.model.events import LogLine, ProcessSeen
from harness.model.services import Route, Server, Service
from harness.targets.instance import Instance
from harness.targets.launch import launch

APPS = Path(__file__).with_name("apps")
HEALTH = Route(method="GET", path="/healthz")


class Stage:
    """Starts services and takes them down at the end; keeps what was recorded."""

    def __init__(self, tmp: Path) -> None:
        self.recorder = MemoryRecorder()
        self.logs = tmp / "logs"
        self._started: list[Instance] = []

    def start(self, server: str, *, workers: int = 0, env: dict[str, str] | None = None, **settings: Any) -> Instance:
        """Launch a service; ``settings`` are fields of :class:`Service`."""
        fields = {
            "app": "plain:application",
            "directory": str(APPS),
            "ready": HEALTH,
            "start_timeout": 15.0,
            **settings,
        }
        instance = launch(
            Service(server=Server(server), **fields),
            number=len(self._started) + 1,
            env=env or {},
            workers=workers,
            logs=self.logs,
            recorder=self.recorder,
            clock=SystemClock(),
        )
        self._started.append(instance)
        return instance

    def stop(self) -> None:
        """Take everything down that was started."""
        for instance in self._started:
            instance.stop()

    def processes(self) -> list[tuple[str, str]]:
        """Return what happened to processes: (what, detail), in order."""
        seen = [event.what for event in self.recorder.events]
        return [(what.what, what.detail) for what in seen if isinstance(what, ProcessSeen)]

    def happened(self, instance: Instance, what: str) -> bool:
        """Have ``instance`` look at its processes; return whether ``what`` is on record."""
        instance.look()
        return what in dict(self.processes())

    def lines(self, stream: str) -> list[str]:
        """Return the lines recorded of ``stream``, in order."""
        seen = [event.what for event in self.recorder.events]
        return [what.text for what in seen if isinstance(what, LogLine) and what.stream == stream]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Give each test a stage of its own."""
    stage = Stage(tmp_path)
    yield stage
    stage.stop()


def eventually(holds: Callable[[], bool], bound: float = 5.0) -> bool:
    """Look until ``holds()``, at most ``bound`` seconds; return whether it did."""
    end = time.monotonic() + bound
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.01)
    return holds()
