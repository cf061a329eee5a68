"""What a document says of a smaller message: only what it says outright counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.messages import Request
from harness.model.services import Configuration, Operation, OperationContract, Route, Server, Service
from harness.model.steps import Expectation, Expected, Send
from harness.replay.declared import Declared

SCHEMA = {
    "type": "object",
    "required": ["amount", "lines"],
    "properties": {
        "amount": {"type": "integer"},
        "note": {"type": "string"},
        "lines": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "object", "properties": {"text": {"type": "string"}}},
        },
    },
}
CONTRACT = OperationContract(operation="pay", body=SCHEMA, methods=("POST",), required_headers=("x-shop",))
OPERATION = Operation(
    name="pay",
    route=Route(method="POST", path="/payments"),
    headers=(("X-Tenant", "t"),),
    json={"amount": 1, "note": "n", "lines": [{"text": "a"}]},
)
CONFIGURATION = Configuration(
    file="harness.yaml", service=Service(server=Server.WSGI), dependencies=(), operations=(OPERATION,)
)
DECLARED = Declared(CONFIGURATION, (CONTRACT,))
HEADERS = (("Content-Type", "application/json"), ("X-Shop", "s"), ("X-Tenant", "t"), ("Accept", "*/*"))
WHOLE = b'{"amount": 1, "note": "n", "lines": [{"text": "a"}, {"text": "b"}], "extra": 1}'


def sent(body: bytes, *, field: str = "") -> Send:
    """Return a send of a body; with a field that its oracle names as wrong."""
    expect = Expectation(expected=Expected.REJECTED, field=field) if field else None
    message = Request(method="POST", target="/payments", headers=HEADERS, body=body)
    return Send(label="one", operation="pay", message=message, expect=expect)


def smaller(body: bytes, headers: tuple[tuple[str, str], ...] = HEADERS) -> Request:
    """Return the smaller message."""
    return Request(method="POST", target="/payments", headers=headers, body=body)


@pytest.mark.parametrize(
    ("body", "allowed"),
    [
        (b'{"amount":1,"lines":[{"text":"a"},{"text":"b"}],"extra":1}', True),
        (b'{"amount":1,"note":"n","lines":[{"text":"b"}],"extra":1}', True),
        (b'{"amount":1,"note":"n","lines":[{},{"text":"b"}],"extra":1}', True),
        (b'{"note":"n","lines":[{"text":"a"},{"text":"b"}],"extra":1}', False),
        (b'{"amount":1,"note":"n","lines":[],"extra":1}', False),
        (b'{"amount":1,"note":"n","lines":[{"text":"a"},{"text":"b"}]}', False),
        (b'{"amount":1,"note":"","lines":[{"text":"a"},{"text":"b"}],"extra":1}', False),
        (b'{"amount":1,', False),
    ],
    ids=["optional", "item", "nested", "required", "least items", "nowhere declared", "other value", "no document"],
)
def test_what_is_declared_optional_may_go(body: bytes, allowed: bool) -> None:
    """A part goes where the schema names it and surely allows its absence; no value changes."""
    assert DECLARED.legal(sent(WHOLE), smaller(body)) is allowed


def test_a_header_may_go_where_nothing_asks_for_it() -> None:
    """Neither the document, nor the configuration, nor the framing of the body."""
    gone = {name: tuple(h for h in HEADERS if h[0] != name) for name, _ in HEADERS}
    assert {name: DECLARED.legal(sent(WHOLE), smaller(WHOLE, left)) for name, left in gone.items()} == {
        "Content-Type": False,
        "X-Shop": False,
        "X-Tenant": False,
        "Accept": True,
    }
    silent = Declared(CONFIGURATION, (replace(CONTRACT, methods=()),))
    assert not silent.legal(sent(WHOLE), smaller(WHOLE, gone["Accept"]))
    assert not Declared(CONFIGURATION, ()).legal(sent(WHOLE), smaller(WHOLE, gone["Accept"]))


@pytest.mark.parametrize(
    ("body", "still"),
    [
        (b'{"amount":"x","lines":[{"text":"a"}]}', True),
        (b'{"amount":1,"lines":[{"text":"a"}]}', False),
        (b'{"amount":"x","note":"n"}', False),
        (b'{"lines":[{"text":"a"}]}', False),
    ],
    ids=["the rest less", "mended", "wrong elsewhere too", "wrong otherwise"],
)
def test_what_is_wrong_stays_wrong_in_the_same_place_alone(body: bytes, still: bool) -> None:
    """The part that the oracle names is what it was, and with the example's in its place all is legal."""
    wrong = sent(b'{"amount": "x", "note": "n", "lines": [{"text": "a"}]}', field="amount")
    assert DECLARED.illegal(wrong, smaller(body)) is still
    assert not DECLARED.illegal(sent(WHOLE), smaller(body))
