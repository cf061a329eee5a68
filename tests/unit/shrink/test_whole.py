"""A smaller case can be carried out as it stands: nothing in it speaks of what is gone."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case
from harness.model.messages import Request
from harness.model.steps import (
    Arm,
    AwaitStrike,
    Begin,
    Clear,
    Collect,
    Kill,
    KillWorker,
    Load,
    Meanwhile,
    Part,
    Pause,
    ReadBack,
    Send,
    Settle,
    Step,
    Surge,
    Together,
)
from harness.shrink.kinds import loads
from harness.shrink.whole import whole
from tests.unit.shrink.cases import case, fault, send, under

HELD = fault("held")


def left(steps: tuple[Step, ...], *gone: int) -> tuple[Step, ...]:
    """Return what is left of a case of ``steps`` without those at these places."""
    before = case(steps)
    return whole(replace(before, steps=tuple(s for n, s in enumerate(steps) if n not in gone)), before).steps


def test_what_awaits_ends_or_reads_a_send_goes_with_it() -> None:
    """An answer cannot be awaited, a process not be killed, a result not be read of what was never sent."""
    steps = (
        Begin(send=send("first", 1)),
        Kill(what="worker", of="first"),
        Collect(of="first"),
        send("second", 2),
        send("third", 2, filled_from=("second",)),
        ReadBack(label="read", of="second"),
        send("fourth", 4),
        Settle(),
    )
    assert left(steps, 0) == steps[3:]
    assert left(steps, 3) == (*steps[:3], *steps[6:])
    assert left(steps) == steps


def test_a_fault_under_which_nothing_is_sent_goes_and_one_that_is_left_is_cleared() -> None:
    """Its end and what waits for its strike go with it; none of these goes alone."""
    steps = (
        *under(HELD, Begin(send=send("first", 1)), AwaitStrike(fault="held"), Collect(of="first")),
        send("second", 2),
        Settle(),
    )
    assert left(steps, 1, 3) == steps[6:]
    assert left(steps, 0) == (steps[1], steps[3], *steps[5:])
    assert left((Arm(fault=HELD), Settle(), send("first", 1)), 2) == ()
    assert left(steps, 6) == steps[:6]


def test_a_connection_is_that_of_the_nearest_send_that_is_left() -> None:
    """Requests on one connection stay on one where one between them goes; a lost worker is no other worker."""
    first, second, third = send("first", 1), send("second", 2, on="first"), send("third", 3, on="second")
    fourth = replace(send("fourth", 4), other_worker_than="second")
    assert left((first, second, third, fourth), 1) == (
        first,
        replace(third, same_connection="first"),
        replace(fourth, other_worker_than=""),
    )
    assert left((first, second), 0) == (replace(second, same_connection=""),)


def test_a_crowd_of_one_is_a_send_and_waits_for_rest_follow_something() -> None:
    """Only where something can be at work is it waited for; a pause and an armed fault put nothing to work."""
    one, two = send("one", 1), send("two", 2)
    assert left((Together(sends=(one,)), Together(sends=()), two)) == (one, two)
    assert left((Settle(), one, Settle(), Pause(seconds=1.0), Settle(), Arm(fault=HELD), Settle(), two, Settle())) == (
        one,
        Settle(),
        Pause(seconds=1.0),
        Arm(fault=HELD),
        two,
        Settle(),
    )


def test_an_operation_that_is_sent_no_more_stands_by_no_more() -> None:
    """A case without the requests of its bystander has none."""
    beside: Send = replace(send("beside", 2), operation="list")
    before = replace(case((send("one", 1), beside)), bystander="list")
    smaller: Case = replace(before, steps=before.steps[:1])
    assert (whole(before, before).bystander, whole(smaller, before).bystander) == ("list", "")


def test_a_case_without_a_fault_asks_for_no_call_that_one_could_strike() -> None:
    """It can be shown whatever the operation calls."""
    before = replace(case((*under(HELD, send("one", 1)), send("two", 2))), only_if_called=True)
    smaller = replace(before, steps=before.steps[-1:])
    assert (whole(before, before).only_if_called, whole(smaller, before).only_if_called) == (True, False)


def test_faults_are_cleared_where_they_were() -> None:
    """No piece is a clear: what is armed is cleared before what relies on it."""
    steps = (*under(HELD, send("first", 1)), send("second", 1))
    assert Clear(fault="held") in left(steps, 4)


def test_a_load_loses_what_is_beside_its_requests_and_keeps_how_many_there_are() -> None:
    """A fault in the middle goes with what clears it; rate and seconds are no pieces."""
    plain = Load(label="load", operation="pay", message=Request(method="POST", target="/"), rate=20, seconds=5)
    acts = (
        Meanwhile(at=1.0, act=Arm(fault=HELD)),
        Meanwhile(at=2.0, act=Clear(fault="held")),
        Meanwhile(at=3.0, act=KillWorker()),
    )
    part = Part(label="read", share=0.5, operation="pay", message=plain.message)
    surge = Surge(at=1.0, seconds=1.0, factor=5.0)
    full = replace(plain, meanwhile=acts, parts=(part,), surge=surge, slow=2, repeat=0.2, together=0.5, volley=3)
    own = case((full, Settle()))
    found = loads.pieces(own)
    assert found == (
        (0, "act", 0),
        (0, "act", 2),
        (0, "part", 0),
        (0, "surge"),
        (0, "slow"),
        (0, "together"),
        (0, "repeat"),
        (0, "volley"),
    )
    assert loads.without(own, frozenset(found)).steps[0] == plain
    assert loads.without(own, frozenset({(0, "act", 0)})).steps[0] == replace(full, meanwhile=acts[2:])
