"""What the examples have shown becomes calls, effects and notes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.draft.drafts import Draft, Note
from harness.draft.observed import (
    ANSWERED,
    COUNTED,
    Shown,
    with_answers,
    with_calls,
    with_effects,
    without_failed_guesses,
)
from harness.draft.operations import NO_EVENT, UNSURE
from harness.model.messages import Answer, Headers
from harness.model.scope import DependencyCall, Exchange
from harness.model.services import (
    AnswerScript,
    Call,
    Configuration,
    Dependency,
    EffectKind,
    EffectRef,
    Operation,
    Route,
    Selector,
    Server,
    Service,
)
from harness.model.steps import Send
from tests.unit.report.made import exchange
from tests.unit.shrink.cases import send

PLACE = Operation(name="place", route=Route(method="POST", path="/orders"), json={"sku": "a-1", "reference": "r-1"})
DRAFT = Draft(
    configuration=Configuration(
        file="harness.yaml",
        service=Service(server=Server.WSGI),
        dependencies=(Dependency(name="stock", env="STOCK_URL"),),
        operations=(PLACE,),
    )
)
CHARGE = Route(method="POST", path="/charges")


def call(method: str, target: str, declared: str = "", headers: Headers = ()) -> DependencyCall:
    """Return a call to the one dependency."""
    return DependencyCall(
        number=1,
        dependency="stock",
        call=declared,
        method=method,
        target=target,
        headers=headers,
        body=b"",
        received=0,
        ended=1,
        status=404,
        how="",
    )


def answered(status: int, body: bytes = b"") -> Exchange:
    """Return how the example was answered."""
    planned: Send = send("alone", 1)
    return exchange(1, "alone", 0.0, 1.0, planned, Answer(status=status, body=body))


def shown(*calls: DependencyCall, status: int = 201, body: bytes = b"") -> dict[str, Shown]:
    """Return what the example of the one operation has shown."""
    return {"place": Shown(exchange=answered(status, body), calls=calls)}


@pytest.mark.parametrize(
    ("seen", "declared"),
    [
        (
            call("GET", "/items/a-1?all=1"),
            Call(route=Route(method="GET", path="/items/{sku}"), answer=AnswerScript(json={})),
        ),
        (
            call("POST", "/charges", headers=(("idempotency-key", "k"),)),
            Call(
                route=CHARGE,
                effect=EffectKind.KEYED,
                key=(Selector(place="header", name="idempotency-key"),),
                answer=AnswerScript(status=201, json={"id": "{uuid}"}),
            ),
        ),
        (
            call("PUT", "/items/17/a-1"),
            Call(
                route=Route(method="PUT", path="/items/{id}/{sku}"),
                effect=EffectKind.KEYED,
                key=(Selector(place="path", name="id"), Selector(place="path", name="sku")),
                answer=AnswerScript(json={"id": "{uuid}"}),
            ),
        ),
        (
            call("POST", "/charges"),
            Call(route=CHARGE, effect=EffectKind.UNKEYED, answer=AnswerScript(status=201, json={"id": "{uuid}"})),
        ),
    ],
    ids=["read", "keyed by a header", "put", "unkeyed"],
)
def test_a_call_that_nobody_declared_is_declared(seen: DependencyCall, declared: Call) -> None:
    """By what it carries: a key, values of the request in its path; once, however often it was seen."""
    draft = with_calls(DRAFT, shown(seen, seen))
    assert draft.configuration.dependencies[0].calls == (declared,)
    place = "dependencies.stock.calls.0"
    notes = [Note(place=f"{place}.answer", text=ANSWERED, decide=True)]
    notes += [Note(place=f"{place}.effect", text=COUNTED)] if declared.effect is EffectKind.UNKEYED else []
    assert draft.notes == tuple(notes)


def test_what_is_declared_already_changes_nothing() -> None:
    """So the search for calls comes to an end."""
    assert with_calls(DRAFT, shown(call("POST", "/charges", "POST /charges"))) == DRAFT


def test_the_effect_is_the_first_call_that_changes_something() -> None:
    """Further ones are named beside it; an example that was not taken shows none."""
    draft = with_calls(DRAFT, shown(call("GET", "/rates"), call("POST", "/charges"), call("POST", "/mails")))
    seen = (
        call("GET", "/rates", "GET /rates"),
        call("POST", "/charges", "POST /charges"),
        call("POST", "/mails", "POST /mails"),
    )
    found = with_effects(draft, shown(*seen))
    assert found.configuration.operations == (replace(PLACE, effect=EffectRef(dependency="stock", route=CHARGE)),)
    text = "its other effects are stock POST /mails: name the one that must not be lost"
    assert found.notes[-1] == Note(place="operations.place.effect", text=text, decide=True)
    assert with_effects(draft, shown(*seen, status=503)) == draft


def test_an_example_that_was_not_taken_says_what_it_was_answered() -> None:
    """In a few words, at its own place."""
    text = 'it was answered 422: {"error": "no nights"}. Put a valid example here'
    found = with_answers(DRAFT, shown(status=422, body=b'{"error":\n "no nights"}'))
    assert found.notes == (Note(place="operations.place.json", text=text, decide=True),)
    assert with_answers(DRAFT, shown()) == DRAFT


def test_a_guess_that_the_service_refuses_is_taken_back() -> None:
    """The identity is a UUID, which may be what was refused; what was accepted stands."""
    event = (Selector(place="json", name="/reference"),)
    draft = DRAFT.of([replace(PLACE, event=event)]).noted(
        Note(place="operations.place.event", text=UNSURE, decide=True)
    )
    assert without_failed_guesses(draft, shown()) == draft
    refused = without_failed_guesses(draft, shown(status=422))
    assert refused == DRAFT.noted(Note(place="operations.place.event", text=NO_EVENT, decide=True))


def test_what_no_route_can_be_is_left_out_and_what_can_is_spelt_right() -> None:
    """A method that a configuration does not know; a sign that stands for itself in life."""
    draft = with_calls(DRAFT, shown(call("PURGE", "/cache"), call("GET", "/rates/100%/v1")))
    assert [str(each.route) for each in draft.configuration.dependencies[0].calls] == ["GET /rates/100%25/v1"]


def test_one_call_under_two_names_is_one() -> None:
    """Whichever value of the example stands in its path."""
    first, second = call("GET", "/items/a-1"), call("GET", "/items/r-1")
    draft = with_calls(DRAFT, shown(first, second))
    assert [str(each.route) for each in draft.configuration.dependencies[0].calls] == ["GET /items/{sku}"]


def test_the_effect_of_a_call_that_was_not_declared_yet_is_known() -> None:
    """An example that is accepted but once has shown all that it can."""
    seen = shown(call("POST", "/charges"))
    found = with_effects(with_calls(DRAFT, seen), seen).configuration.operations
    assert found == (replace(PLACE, effect=EffectRef(dependency="stock", route=CHARGE)),)
