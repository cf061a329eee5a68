"""The story of a case leaves out what differs from time to time, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from harness.history.stories import Called, has_story, story_of
from harness.model.messages import Answer
from harness.model.steps import Insist, Load
from tests.unit.history.stories import (
    CASE,
    REQUEST,
    answered,
    at_once,
    call,
    clean,
    effect,
    exchange,
    fresh,
    scope,
    with_steps,
)


def told(where: object) -> list[tuple[str, int]]:
    """Return label and status of every exchange of a story."""
    return [(one.label, one.exchange.status) for one in story_of(where).exchanges]  # type: ignore[arg-type]


def test_exchanges_calls_and_effects_are_told() -> None:
    """In the order of the plan, with the key of the effect and whether it was new."""
    story = story_of(clean(1))
    assert told(clean(1)) == [("first", 201), ("again", 201)]
    assert story.calls == (
        Called(
            route="ledger POST /entries",
            target="/entries",
            key=f"batch-{fresh(1, 1)}",
            effect=True,
            body={"batch": fresh(1, 1), "event": fresh(1, 9)},
        ),
    )
    assert story.counts == {"ledger POST /entries": (1, 1)}


def test_the_tries_of_one_act_are_one() -> None:
    """How often it was tried is a matter of time; the last try counts, as the event of the first."""
    tries = [replace(exchange(n, f"until-{n}", answered(409 if n < 3 else 201, {})), event=n) for n in (1, 2, 3)]
    step = Insist(label="until", operation="book", message=REQUEST, event=1, within=1.0)
    story = story_of(with_steps(scope(tries), step))
    assert [(one.label, one.exchange.number, one.exchange.event) for one in story.exchanges] == [("until", 3, 1)]


def test_who_of_equals_was_first_is_chance() -> None:
    """Of two requests with one message at the same instant, what came of them has one order in every run."""
    one, other = answered(201, {"id": "x"}), answered(409, {})
    runs = [
        scope([exchange(1, "a", first, group="a"), exchange(2, "b", second, group="a")])
        for first, second in ((one, other), (other, one))
    ]
    assert [told(with_steps(run, at_once("a", "b"))) for run in runs] == [[("a", 201), ("b", 409)]] * 2


def test_a_duplicate_at_the_same_instant_gets_one_of_two_answers_by_chance() -> None:
    """That of the first, or one that a duplicate in flight may get; anything else is told as it is."""
    made = answered(201, {"id": "x"})
    for second, duplicate in ((made, True), (answered(409, {}), True), (answered(500, {}), False)):
        where = scope([exchange(1, "a", made, group="a"), exchange(2, "b", second, group="a")])
        told_so = [one.duplicate for one in story_of(with_steps(where, at_once("a", "b"))).exchanges]
        assert told_so == [False, duplicate]
    apart = scope([exchange(1, "a", made), exchange(2, "b", made)])
    assert [one.duplicate for one in story_of(apart).exchanges] == [False, False]


def test_calls_of_requests_at_once_have_one_order() -> None:
    """By what they carry, identifiers aside; else by their order in time."""
    bodies = [{"n": 2, "id": fresh(1, 5)}, {"n": 1, "id": fresh(1, 6)}]
    where = scope([], [call(n, body) for n, body in enumerate(bodies, start=1)])
    assert [one.body for one in story_of(where).calls] == bodies
    assert [one.body for one in story_of(with_steps(where, at_once("a", "b"))).calls] == bodies[::-1]


def test_further_answers_on_a_connection_are_told() -> None:
    """Each as an exchange of its own."""
    both = replace(exchange(1, "two", answered(400, {})), later=(Answer(status=201),))
    assert told(scope([both])) == [("two", 400), ("two, answer 2", 201)]


def test_a_repeat_under_a_known_key_is_a_call_without_an_effect() -> None:
    """Calls and effects are counted apart; a call to no declared route is told by its own address."""
    stray = replace(call(3, None, target="/other?x=1"), call="")
    where = scope([], [call(1, {}), call(2, {}), stray], [effect(1, "k"), effect(2, "k", new=False)])
    assert story_of(where).counts == {"ledger POST /entries": (2, 1), "ledger POST /other": (1, 0)}


def test_a_load_has_no_story() -> None:
    """Of it there are only numbers."""
    load = Load(label="load", operation="book", message=REQUEST, rate=1.0, seconds=1.0)
    assert (has_story(CASE), has_story(replace(CASE, steps=(load,)))) == (True, False)
