"""Sends in the background, calls that are held, and processes that are killed, on a real gunicorn with a real double."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.execute import World
from harness.model.events import ProcessSeen
from harness.model.faults import Fault
from harness.model.messages import Request, Silence, placeholder
from harness.model.steps import Arm, AwaitStrike, Begin, Clear, Collect, Insist, Kill, Phase, Settle
from harness.targets.url import UrlInstance
from tests.execute.test_execute import _carried_out, _send, standing, world

__all__ = ["standing", "world"]

pytestmark = pytest.mark.server

GATE = Fault(id="gate", dependency="ledger", kind="held", times=1)
GONE = Fault(id="gone", dependency="ledger", kind="closed")
RETRY = Insist(
    label="retry",
    operation="create",
    message=Request(method="POST", target="/", headers=(("Idempotency-Key", placeholder(1)),), body=b"x"),
    event=1,
    within=0.3,
    every=0.05,
)


def _processes(world: World) -> list[str]:
    return [e.what.what for e in world.recorder.events if isinstance(e.what, ProcessSeen)]  # type: ignore[attr-defined]


def test_a_held_call_lets_others_pass_until_its_gate_opens(world: World) -> None:
    """The first is answered only after the second, which was sent while it was held; both answers are recorded."""
    first, second = _send("first"), _send("second", 2)
    held = (Arm(fault=GATE), Begin(send=first), AwaitStrike(fault="gate"))
    scope = _carried_out(world, *held, second, Clear(fault="gate"), Collect(of="first"), Settle())
    one, two = (scope.labelled(label) for label in ("first", "second"))
    assert one is not None
    assert two is not None
    assert (one.status, two.status, one.sent < two.sent < two.done < one.done) == (201, 201, True)
    assert [(call.how, call.status) for call in scope.calls] == [
        ("held, answered when cleared", 200),
        ("answered", 200),
    ]
    assert (scope.trouble, scope.unsettled) == ("", "")


def test_a_send_that_nobody_collects_ends_with_its_case(world: World) -> None:
    """What is still under way at the end is released and awaited: no answer falls into the next case."""
    scope = _carried_out(world, Arm(fault=GATE), Begin(send=_send("first")), AwaitStrike(fault="gate"))
    assert [(e.label, e.status) for e in scope.exchanges] == [("first", 201)]
    assert scope.finished


def test_a_call_that_never_comes_is_told(world: World) -> None:
    """Without a held call the rest of the case would show nothing, so it is not carried out."""
    scope = _carried_out(world, Arm(fault=GATE), AwaitStrike(fault="gate", within=0.05), _send("after"))
    assert (scope.trouble, scope.exchanges) == (
        "no call came to ledger within 0.05 s, so none could be held",
        (),
    )


def test_who_is_killed_answers_nobody_and_is_no_loss(world: World) -> None:
    """The worker that serves the held send dies: its client sees the end of the connection, the next is served."""
    held = (Arm(fault=GATE), Begin(send=_send("first")), AwaitStrike(fault="gate"))
    killed = (Kill(what="worker", of="first"), Clear(fault="gate"), Collect(of="first"))
    scope = _carried_out(world, *held, *killed, _send("second"), Settle())
    one, two = (scope.labelled(label) for label in ("first", "second"))
    assert one is not None
    assert two is not None
    assert one.silence in (Silence.CLOSED, Silence.RESET)
    assert (two.status, scope.lost_workers, scope.died, scope.trouble) == (201, 0, 0, "")
    assert _processes(world) == ["killed", "ready"]
    assert [effect.new for effect in scope.effects] == [True, False]


def test_a_service_that_is_killed_serves_again(world: World) -> None:
    """Every process is killed, and the next send is answered by others at the same address."""
    scope = _carried_out(world, _send("first"), Kill(what="service"), _send("second"), Settle())
    assert [e.status for e in scope.exchanges] == [201, 201]
    assert (scope.died, scope.lost_workers, scope.trouble) == (0, 0, "")
    assert _processes(world) == ["killed", "killed", "killed", "started", "ready"]


def test_nobody_elses_service_is_killed(world: World) -> None:
    """A service that the harness did not start is left alone, and the case says so."""
    there = UrlInstance(1, f"http://{world.instance.authority}")
    scope = _carried_out(replace(world, instance=there), Kill(what="service"), _send("after"))
    assert scope.trouble == "the processes of this target are not the harness's to kill"
    assert _processes(world) == []


def test_insisting_ends_with_success_or_at_its_bound(world: World) -> None:
    """A failure asks for another try, all in the recovery and under one event; a success asks for none."""
    failing = _carried_out(world, Arm(fault=GONE), RETRY)
    assert len(failing.exchanges) >= 3
    assert {(e.label.rpartition("-")[0], e.event, e.phase, e.status) for e in failing.exchanges} == {
        ("retry", 1, Phase.RECOVERY, 503)
    }
    well = _carried_out(world, RETRY)
    assert [(e.label, e.status) for e in well.exchanges] == [("retry-1", 201)]
