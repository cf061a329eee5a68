"""Steps to events on a real gunicorn with a real double: what is carried out is written down, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from harness.clock import SystemClock
from harness.doubles import Double
from harness.execute import World, execute
from harness.history.memory import MemoryRecorder
from harness.history.pairing import Setting, scope_of
from harness.model.cases import Case, Family
from harness.model.events import LoadRan
from harness.model.faults import Fault
from harness.model.identities import identity
from harness.model.messages import Request, Silence, placeholder
from harness.model.scope import Scope
from harness.model.services import (
    Call,
    Configuration,
    Dependency,
    EffectKind,
    Operation,
    Route,
    Selector,
    Server,
    Service,
)
from harness.model.steps import Arm, Clear, Load, Phase, ReadBack, Recover, Send, Settle, Step, Together
from harness.targets.launch import launch

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[2]
KEY = Selector(place="header", name="Idempotency-Key")
OPERATION = Operation(
    name="create", route=Route(method="POST", path="/"), read=Route(method="GET", path="/read/{answer.id}")
)
LEDGER = Dependency(
    name="ledger",
    env="LEDGER_URL",
    calls=(Call(route=Route(method="POST", path="/entries"), effect=EffectKind.KEYED, key=(KEY,)),),
)
CONFIGURATION = Configuration(
    file="harness.yaml",
    service=Service(server=Server.GUNICORN, app="tests.execute.service:application", directory=str(ROOT), deadline=1.0),
    dependencies=(LEDGER,),
    operations=(OPERATION,),
)


def _no_load(step: Load, case: str, authority: str, progress: Callable[[float], None]) -> LoadRan:
    raise AssertionError("no case of these tests has a load")


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Start a service with two workers and its double, once for all tests of the module."""
    recorder, clock = MemoryRecorder(), SystemClock()
    double = Double(LEDGER, recorder=recorder, clock=clock, salt="s")
    double.start()
    instance = launch(
        CONFIGURATION.service,
        number=1,
        env={"LEDGER_URL": double.url},
        workers=2,
        logs=tmp_path_factory.mktemp("logs"),
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


@pytest.fixture
def world(standing: World, request: pytest.FixtureRequest) -> World:
    """Return the standing world with a salt of the test's own, so that no event was seen before."""
    return replace(standing, salt=request.node.name)


def _send(label: str, event: int = 1, **more: object) -> Send:
    message = Request(
        method="POST", target="/", headers=(("Idempotency-Key", placeholder(event)),), body=placeholder(event).encode()
    )
    plain = Send(label=label, phase=Phase.BASELINE, operation="create", message=message, event=event)
    return replace(plain, **more)  # type: ignore[arg-type]


def _carried_out(world: World, *steps: Step) -> Scope:
    case = Case(
        id="case",
        entry="X",
        family=Family.DUPLICATE,
        scenario="s",
        operation="create",
        title="t",
        trouble="x",
        steps=steps,
    )
    recorder = world.recorder
    assert isinstance(recorder, MemoryRecorder)
    recorder.events.clear()
    execute(case, world)
    setting = Setting(configuration=CONFIGURATION)
    return scope_of(case, recorder.events, setting, {}, (), lambda ran: ())


def test_the_same_event_carries_the_same_fresh_identity_in_header_and_body(world: World) -> None:
    """Placeholders are replaced alike everywhere; the ledger sees one new effect and one repeat."""
    scope = _carried_out(world, _send("a"), _send("b"), Settle())
    fresh = identity(world.salt, "case", 1)
    assert [(e.label, e.status, e.identity, fresh.encode() in e.data) for e in scope.exchanges] == [
        ("a", 201, fresh, True),
        ("b", 201, fresh, True),
    ]
    assert [(effect.key, effect.new) for effect in scope.effects] == [(fresh, True), (fresh, False)]
    assert (scope.finished, scope.trouble, scope.unsettled) == (True, "", "")


def test_all_that_are_sent_together_share_a_group_and_their_own_answers(world: World) -> None:
    """Ten clients behind a barrier make ten exchanges, each with its answer."""
    scope = _carried_out(world, Together(sends=tuple(_send(f"c{n}", n) for n in range(1, 11))), Settle())
    assert [(e.group, e.status, e.identity.encode() in e.data) for e in scope.exchanges] == [("c1", 201, True)] * 10
    assert len({effect.key for effect in scope.effects}) == 10


def test_after_the_client_gave_up_quiescence_waits_for_the_service(world: World) -> None:
    """A settle ends only when the abandoned request is done: its call has ended by then, with its effect."""
    late = Fault(id="late", dependency="ledger", kind="late", times=1, settings={"delay": 0.4})
    scope = _carried_out(world, Arm(fault=late), _send("a", give_up_after=0.1), Settle(), Clear(fault="late"))
    (exchange,) = scope.exchanges
    assert (exchange.silence, exchange.took < 0.3) == (Silence.ABANDONED, True)
    assert [(call.status, call.how) for call in scope.calls] == [(200, scope.calls[0].how)]
    assert scope.calls[0].ended - scope.calls[0].received >= 400_000_000
    assert (len(scope.effects), len(scope.faults[0].firings), scope.unsettled) == (1, 1, "")


def test_a_settle_that_never_gets_quiet_says_what_is_open(world: World) -> None:
    """A call that hangs past the bound is named; nothing is called quiet that is not."""
    hang = Fault(id="hang", dependency="ledger", kind="no-answer")
    scope = _carried_out(world, Arm(fault=hang), _send("a", give_up_after=0.1), Settle(bound=0.2), Clear(fault="hang"))
    assert scope.unsettled == "1 call(s) at ledger, 1 connection(s) that the client left"


def test_another_worker_serves_when_the_case_asks_for_it(world: World) -> None:
    """The process that served the first is kept out of the way of the second, and runs again afterwards."""
    first, second = _send("a"), _send("b", other_worker_than="a")
    scope = _carried_out(world, first, Settle(), second, Settle(), _send("c", 2), _send("d", 3))
    pids = [exchange.served_by for exchange in scope.exchanges[:2]]
    assert (0 in pids, pids[0] != pids[1]) == (False, True)
    assert [exchange.status for exchange in scope.exchanges] == [201] * 4


def test_recovery_sends_fresh_events_until_one_is_accepted(world: World) -> None:
    """A healthy service is well at the first try; each try is an event of its own."""
    refused = Fault(id="refused", dependency="ledger", kind="refused")
    again = Recover(label="well", operation="create", message=_send("x", 50).message, event=50, within=0.3, every=0.05)
    sick = _carried_out(world, Arm(fault=refused), again, Clear(fault="refused"))
    well = _carried_out(world, again)
    assert {exchange.status for exchange in sick.exchanges} == {503}
    assert [exchange.event for exchange in sick.exchanges] == list(range(50, 50 + len(sick.exchanges)))
    assert (len(sick.exchanges) > 1, len(sick.faults[0].firings) >= 1) == (True, True)
    assert [(exchange.label, exchange.status) for exchange in well.exchanges] == [("well-1", 201)]


def test_a_recovery_asks_every_worker_and_says_who_accepted(world: World) -> None:
    """Each of two processes accepts one fresh event, whoever comes first; a degraded answer asks for another try."""
    message = _send("x", 10).message
    step = Recover(label="well", operation="create", message=message, event=10, every_worker=True)
    every = _carried_out(world, step)
    assert [(e.label, e.status, e.event) for e in every.exchanges] == [("well-1", 201, 10), ("well-2", 201, 11)]
    assert {e.served_by for e in every.exchanges} == set(world.instance.processes()[1:])
    degraded = replace(OPERATION, degraded=Selector(place="json", name="/got"))
    honest = replace(world, configuration=replace(CONFIGURATION, operations=(degraded,)))
    assert len(_carried_out(honest, replace(step, within=1.0)).exchanges) > 2


def test_what_was_stored_is_read_through_the_declared_route(world: World) -> None:
    """The answer's field goes into the path; where nothing was accepted nothing is read."""
    scope = _carried_out(world, _send("a"), ReadBack(label="read", of="a"), ReadBack(label="none", of="b"))
    read = scope.labelled("read")
    assert (read.status if read else 0, read.data.split(b"\r\n")[0] if read else b"") == (
        200,
        b"GET /read/1 HTTP/1.1",
    )
    assert scope.labelled("none") is None


def test_a_case_that_cannot_be_carried_out_says_why(world: World) -> None:
    """A fault at a dependency that nobody plays ends the case with that sentence."""
    scope = _carried_out(world, Arm(fault=Fault(id="f", dependency="mail", kind="late")), _send("a"))
    assert (scope.trouble, scope.exchanges) == ("no double plays the dependency 'mail'", ())


def test_no_fault_outlives_its_case(world: World) -> None:
    """A fault that the steps never clear is cleared at the end."""
    fault = Fault(id="f", dependency="ledger", kind="status", settings={"code": 503})
    armed = _carried_out(world, Arm(fault=fault), _send("a"), Settle())
    after = _carried_out(world, _send("a"), Settle())
    assert ([e.status for e in armed.exchanges], [e.status for e in after.exchanges]) == ([503], [201])
    assert armed.faults[0].cleared > 0
