"""A case in another order and at another pace keeps what its steps wait for."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case, Family
from harness.model.messages import Chunk, Request, Wire
from harness.model.steps import Load, Pause, Send, Settle, Step, Together
from harness.plan.varied import BREATH, shuffled, slowed

REQUEST = Request(method="POST", target="/things")


def send(label: str, event: int = 0, *, needs: str = "") -> Send:
    """Return a send of an event, which may need the answer of another."""
    filled_from = (needs,) if needs else ()
    return Send(label=label, operation="book", message=REQUEST, event=event, filled_from=filled_from)


def case(*steps: Step) -> Case:
    """Return a case of these steps."""
    return Case(
        id="kept/1",
        entry="D01",
        family=Family.DUPLICATE,
        scenario="kept",
        operation="book",
        title="a case",
        trouble="trouble",
        steps=steps,
    )


def labels(where: Case) -> list[str]:
    """Return the labels of all sends in order."""
    return [one.label for one in where.sends()]


def test_what_is_released_at_once_has_no_order() -> None:
    """Its members are in another one; the seed says which."""
    group = case(Together(sends=tuple(send(name, 1) for name in "abcd")))
    assert labels(shuffled(group, 1)) == labels(shuffled(group, 1)) != labels(group)
    assert sorted(labels(shuffled(group, 1))) == list("abcd")
    pair = case(Together(sends=(send("a", 1), send("b", 1))))
    assert {tuple(labels(shuffled(pair, seed))) for seed in range(20)} == {("b", "a")}


def test_those_who_have_nothing_to_do_with_each_other_change_places() -> None:
    """Each keeps its own order: what carries one event, and what needs an answer."""
    mixed = case(send("a1", 1), send("b1", 2), send("a2", 1), send("read-b", needs="b1"))
    assert labels(shuffled(mixed, 1)) == ["b1", "read-b", "a1", "a2"]


def test_an_act_between_them_keeps_its_place() -> None:
    """Sends do not pass what stands between them; where there is one order only, the case is itself."""
    held = case(send("a", 1), Settle(), send("b", 2))
    assert shuffled(held, 1) == held
    one = case(send("a", 1), send("again", 1))
    assert shuffled(one, 1) == one


def test_another_pace_is_that_of_the_client() -> None:
    """Its own times are twice as long, and a breath lies between acts; times of the service stay."""
    wire = Wire(chunks=(Chunk(data=b"a"), Chunk(data=b"b", pause=0.3)))
    paced = slowed(case(replace(send("a", 1), message=wire), Settle(quiet=0.1, bound=5.0), Pause(seconds=1.0)))
    breath = Pause(seconds=BREATH)
    assert paced.steps == (
        replace(send("a", 1), message=Wire(chunks=(Chunk(data=b"a"), Chunk(data=b"b", pause=0.6)))),
        breath,
        Settle(quiet=0.2, bound=5.0),
        breath,
        Pause(seconds=2.0),
    )


def test_a_load_keeps_its_pace() -> None:
    """Its arrivals are what it is about."""
    load = case(Load(label="load", operation="book", message=REQUEST, rate=1.0, seconds=1.0))
    assert slowed(load) == load
