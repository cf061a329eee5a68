"""Sends that are to go out at the same instant do, or the case says that they did not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from itertools import count

import pytest

from harness.clock import SystemClock
from harness.execute import World
from harness.history.memory import MemoryRecorder
from harness.model.events import Event, Happening, Sent
from harness.model.steps import Together
from harness.targets.launch import launch
from tests.execute.test_execute import CONFIGURATION, _carried_out, _no_load, _send

pytestmark = pytest.mark.server

SERVICE = replace(CONFIGURATION.service, deadline=0.05)


class HeldUp(MemoryRecorder):
    """Writes down one send long after the others gave up waiting for it, as a disk that stands still does."""

    def record(self, source: str, what: Happening, at: int | None = None) -> Event:
        """Append ``what``, that of the send ``b`` late."""
        if isinstance(what, Sent) and what.label == "b":
            time.sleep(2.0)
        return super().record(source, what, at)


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Start a service whose recorder is held up."""
    recorder, clock = HeldUp(), SystemClock()
    instance = launch(
        SERVICE,
        number=1,
        env={"LEDGER_URL": "http://127.0.0.1:9"},
        workers=1,
        logs=tmp_path_factory.mktemp("logs"),
        recorder=recorder,
        clock=clock,
    )
    yield World(
        instance=instance,
        control=None,
        doubles={},
        recorder=recorder,
        clock=clock,
        salt="s",
        configuration=replace(CONFIGURATION, service=SERVICE),
        exchanges=count(1),
        watcher=lambda case: nullcontext(),
        run_load=_no_load,
    )
    instance.stop()


def test_sends_that_could_not_go_out_at_the_same_instant_are_no_race(world: World) -> None:
    """One of two is ready only when the other has given up waiting: none is sent, and the case says why."""
    scope = _carried_out(world, Together(sends=(_send("a"), _send("b", 2))))
    assert scope.trouble == "2 sends could not be released at the same instant within 1.05 s"
    assert [(exchange.label, exchange.answer) for exchange in scope.exchanges if exchange.answer] == []
