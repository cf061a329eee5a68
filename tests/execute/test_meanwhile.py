"""Acts in the middle of a load: carried out when their time has come, told where it never came."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import count
from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.doubles import Double
from harness.execute.meanwhile import acting
from harness.execute.world import Course, World
from harness.history.memory import MemoryRecorder
from harness.model.cases import Case, Family
from harness.model.events import FaultArmed, FaultCleared, ProcessSeen
from harness.model.faults import Fault
from harness.model.messages import Request
from harness.model.steps import Arm, Clear, KillWorker, Load, Meanwhile, TellToStop
from harness.targets.launch import launch
from tests.execute.test_execute import CONFIGURATION, LEDGER, _no_load

pytestmark = pytest.mark.server

FAULT = Fault(id="f", dependency="ledger", kind="no-answer")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Start a service of its own: it is killed and stopped here."""
    recorder, clock = MemoryRecorder(), SystemClock()
    double = Double(LEDGER, recorder=recorder, clock=clock, salt="s")
    double.start()
    instance = launch(
        CONFIGURATION.service,
        number=1,
        env={"LEDGER_URL": double.url},
        workers=2,
        logs=tmp_path,
        recorder=recorder,
        clock=clock,
    )
    yield World(
        instance=instance,
        control=None,
        doubles={"ledger": double},
        recorder=recorder,
        clock=clock,
        salt="s",
        configuration=CONFIGURATION,
        exchanges=count(1),
        watcher=lambda case: nullcontext(),
        run_load=_no_load,
    )
    instance.stop()
    double.stop()


def course(world: World, *meanwhile: Meanwhile) -> tuple[Load, Course]:
    message = Request(method="POST", target="/")
    step = Load(label="load", operation="create", message=message, rate=1, seconds=1, meanwhile=meanwhile)
    case = Case(
        id="c",
        entry="L",
        family=Family.LOAD,
        scenario="s",
        operation="create",
        title="t",
        trouble="load",
        steps=(step,),
    )
    return step, Course(case=case, world=world)


def happened(world: World) -> list[str]:
    recorder = world.recorder
    assert isinstance(recorder, MemoryRecorder)
    found: list[str] = []
    for event in recorder.events:
        if isinstance(event.what, (FaultArmed, FaultCleared)):
            found.append(event.what.kind)
        elif isinstance(event.what, ProcessSeen):
            found.append(event.what.what)
    return found


def test_acts_come_in_their_time_and_the_end_of_a_worker_is_no_loss(world: World) -> None:
    """A fault is armed and cleared, a worker killed, the service asked to end: each once, in order, none a loss."""
    acts: tuple[Arm | Clear | KillWorker | TellToStop, ...] = (
        Arm(fault=FAULT),
        Clear(fault="f"),
        KillWorker(),
        TellToStop(),
    )
    step, under_way = course(world, *(Meanwhile(at=0.01 * n, act=act) for n, act in enumerate(acts)))
    bound = time.monotonic() + 10
    with acting(step, under_way) as told:
        told(0.0)
        while "told-to-stop" not in happened(world) and time.monotonic() < bound:
            time.sleep(0.01)
    world.instance.look()
    assert happened(world) == ["started", "ready", "fault-armed", "fault-cleared", "killed", "told-to-stop"]
    assert under_way.troubles == []


def test_an_act_whose_time_never_came_is_told(world: World) -> None:
    """A load that ends early has not been disturbed as planned, and a load that never began neither."""
    step, under_way = course(world, Meanwhile(at=60.0, act=Arm(fault=FAULT)))
    with acting(step, under_way) as told:
        told(0.0)
        time.sleep(0.05)
    with acting(step, under_way):
        pass
    assert under_way.troubles == ["the load ended before its time for 'arm' came"]
    assert happened(world) == ["started", "ready"]
