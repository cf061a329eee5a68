"""The operations of a draft, from what a service serves, documents, and was seen to take."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.draft.drafts import Draft, Note
from harness.draft.examples import EXAMPLE, SECRET
from harness.draft.operations import NO_EVENT, UNSURE, Known, guessed, with_operations
from harness.model.captures import SeenExchange
from harness.model.messages import Answer, Request
from harness.model.services import Configuration, Operation, Route, Selector, Server, Service
from harness.targets.serving import Served

EMPTY = Draft(configuration=Configuration(file="harness.yaml", service=Service(server=Server.WSGI)))
KEY = Selector(place="header", name="Idempotency-Key")


def sent(target: str, body: bytes, *headers: tuple[str, str]) -> SeenExchange:
    """Return a request that somebody sent."""
    return SeenExchange(name="one", message=Request(method="POST", target=target, headers=headers, body=body))


def served(*routes: str) -> tuple[Served, ...]:
    """Return what a service serves, as ``METHOD path function``."""
    split = (route.split() for route in routes)
    return tuple(Served(route=Route(method=method, path=path), name=name) for method, path, name in split)


def test_every_route_that_changes_something_by_itself_is_an_operation() -> None:
    """What needs an order that is there already is named, and left out; reading changes nothing."""
    known = Known(
        served=served(
            "GET /orders list",
            "POST /orders place",
            "POST /orders/{id}/pay pay",
            "PUT /carts/{cart} keep",
            "DELETE /orders/{id} cancel",
        ),
        event_header="Idempotency-Key",
    )
    draft = with_operations(EMPTY, known)
    assert draft.configuration.operations == (
        Operation(name="place", route=Route(method="POST", path="/orders"), json={}, event=(KEY,)),
        Operation(
            name="keep",
            route=Route(method="PUT", path="/carts/{cart}"),
            json={},
            event=(Selector(place="path", name="cart"),),
        ),
    )
    assert draft.notes == (
        Note(place="operations.place.json", text=EXAMPLE, decide=True),
        Note(place="operations.keep.json", text=EXAMPLE, decide=True),
        Note(place="operations.place.event", text=UNSURE, decide=True),
        Note(place="operations", text="left out, as they need what is there already: POST /orders/{id}/pay"),
    )


def test_one_function_at_several_routes_is_told_apart_by_them() -> None:
    """A name is that of its function where only it is called so."""
    draft = with_operations(EMPTY, Known(served=served("POST /v1/a make", "POST /v2/a make", "POST /b other")))
    assert [each.name for each in draft.configuration.operations] == ["post_v1_a", "post_v2_a", "other"]


def document(**described: Any) -> dict[str, Any]:
    """Return a document of one operation with this media type object."""
    content = {"application/json": described}
    return {
        "openapi": "3.1.0",
        "paths": {"/orders": {"post": {"operationId": "place", "requestBody": {"content": content}}}},
    }


@pytest.mark.parametrize(
    ("described", "example"),
    [
        ({"example": {"a": 1}}, {"a": 1}),
        ({"examples": {"first": {"value": {"b": 2}}}}, {"b": 2}),
        ({"schema": {"type": "object", "properties": {"c": {"type": "integer"}}}}, {"c": 1}),
        ({}, {}),
    ],
)
def test_an_example_comes_from_the_document(described: dict[str, Any], example: object) -> None:
    """Its own example first, then one that the schema allows; a service that tells no routes has those of the document."""
    draft = with_operations(EMPTY, Known(document=document(**described)))
    assert [(one.name, one.json) for one in draft.configuration.operations] == [("place", example)]


def seen(body: bytes, status: int, media: str = "application/json") -> SeenExchange:
    """Return a request to the service that was answered so."""
    request = Request(method="POST", target="/orders", headers=(("Content-Type", media),), body=body)
    return SeenExchange(name=f"{status}", message=request, answer=Answer(status=status))


def test_what_was_seen_is_the_example_before_all_else() -> None:
    """A request that was accepted before one that was refused; what is no JSON stays as it is."""
    known = Known(document=document(example={"a": 1}), seen=(seen(b'{"no": 1}', 422), seen(b'{"yes": 1}', 201)))
    assert with_operations(EMPTY, known).configuration.operations[0].json == {"yes": 1}
    form = with_operations(EMPTY, Known(document=document(), seen=(seen(b"a=1", 200, "text/plain"),)))
    (operation,) = form.configuration.operations
    assert (operation.json, operation.body, operation.headers) == (None, b"a=1", (("Content-Type", "text/plain"),))


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"room": "blue", "reference": "r-1"}, "/reference"),
        ({"order_id": "1", "customer_id": "2"}, "/order_id"),
        ({"customer_id": "2", "note": ""}, ""),
        ({"id": 7}, ""),
        ([1], ""),
    ],
)
def test_an_event_is_guessed_by_the_names_that_people_give_it(body: object, member: str) -> None:
    """A text of its own; the identity of something else is none, and a number could not become a UUID."""
    assert guessed(Operation(name="place", route=Route(method="POST", path="/orders"), json=body)) == member


def test_a_guess_is_marked_and_so_is_that_there_is_none() -> None:
    """Who reads the file decides."""
    texts = []
    for body in ({"reference": "r-1"}, {"room": "blue"}):
        draft = with_operations(EMPTY, Known(document=document(), seen=(seen(json.dumps(body).encode(), 200),)))
        texts += [note.text for note in draft.notes]
    assert texts == [UNSURE, NO_EVENT]


def test_what_was_sent_along_is_kept_unless_it_is_secret() -> None:
    """A tenant is part of the example, a key of events says what one is, a credential is asked for by name."""
    headers = (
        ("Content-Type", "application/json"),
        ("User-Agent", "curl/8"),
        ("X-Tenant", "blue"),
        ("Authorization", "Bearer abc"),
        ("idempotency-key", "k-1"),
    )
    message = Request(method="POST", target="/orders", headers=headers, body=b'{"password": "hunter2"}')
    draft = with_operations(EMPTY, Known(document=document(), seen=(SeenExchange(name="one", message=message),)))
    (operation,) = draft.configuration.operations
    assert operation == Operation(
        name="place",
        route=Route(method="POST", path="/orders"),
        headers=(("X-Tenant", "blue"),),
        json={"password": "hunter2"},
        event=(Selector(place="header", name="idempotency-key"),),
    )
    text = "it was sent with Authorization, left out, for it is secret; give it under 'headers'"
    assert draft.notes == (
        Note(place="operations.place.request", text=text, decide=True),
        Note(place="operations.place.json", text=SECRET, decide=True),
    )


@pytest.mark.parametrize(
    ("exchange", "operation"),
    [
        (
            sent("/orders?currency=EUR", b"", ("X-Tenant", "blue")),
            Operation(
                name="place", route=Route(method="POST", path="/orders?currency=EUR"), headers=(("X-Tenant", "blue"),)
            ),
        ),
        (
            sent("/orders", b"[1]", ("Content-Type", "application/vnd.api+json")),
            Operation(
                name="place",
                route=Route(method="POST", path="/orders"),
                headers=(("Content-Type", "application/vnd.api+json"),),
                json=[1],
            ),
        ),
        (
            sent("/orders", b'{"a": NaN}', ("Content-Type", "application/json")),
            Operation(
                name="place",
                route=Route(method="POST", path="/orders"),
                headers=(("Content-Type", "application/json"),),
                body=b'{"a": NaN}',
            ),
        ),
        (
            sent("/orders", b"{}", ("X-User-Data", "Bearer abcdefghijklmnop")),
            Operation(name="place", route=Route(method="POST", path="/orders"), json={}),
        ),
    ],
    ids=["query and no body", "a type of its own", "no JSON of RFC 8259", "a secret in a plain header"],
)
def test_a_request_is_kept_as_it_was_sent(exchange: SeenExchange, operation: Operation) -> None:
    """Whatever says something to the service, but for secrets."""
    assert with_operations(EMPTY, Known(document=document(), seen=(exchange,))).configuration.operations == (operation,)


def test_a_document_below_a_path_of_its_own_is_sent_there() -> None:
    """The server that it names has a path; what is no path at all is left out."""
    below = {**document(example={"a": 1}), "servers": [{"url": "https://shop.example/api"}]}
    below["paths"] = {**below["paths"], "x-note": {"post": {}}}
    (operation,) = with_operations(EMPTY, Known(document=below)).configuration.operations
    assert (str(operation.route), operation.json) == ("POST /api/orders", {"a": 1})


def test_a_put_at_a_number_needs_what_is_there() -> None:
    """No UUID can stand there."""
    known = Known(served=(Served(route=Route(method="PUT", path="/items/{item}"), name="put", open=False),))
    draft = with_operations(EMPTY, known)
    text = "left out, as they need what is there already: PUT /items/{item}"
    assert (draft.configuration.operations, draft.notes) == ((), (Note(place="operations", text=text),))
