"""What was seen becomes cases: new events, the order in which it happened, faults where a dependency failed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.config import load_configuration
from harness.incident.from_capture import OPEN, VALID, Made, cases_of
from harness.model.captures import Capture, SeenCall, SeenExchange
from harness.model.cases import Family
from harness.model.errors import ScenarioError
from harness.model.faults import Fault, Landed
from harness.model.messages import HOST_PLACEHOLDER, Answer, Chunk, Request, Silence, Wire, placeholder
from harness.model.services import Configuration
from harness.model.steps import (
    Arm,
    AwaitStrike,
    Begin,
    Clear,
    Collect,
    Pause,
    Phase,
    ReadBack,
    Send,
    Settle,
    Step,
    Together,
)
from harness.plan.contracts import valid_request

CONFIGURATION = load_configuration(Path(__file__).parents[3] / "harness.yaml")
OPERATION = CONFIGURATION.operation("create_batch")
JSON = ("Content-Type", "application/json")


def request(key: str, body: bytes = b'{"source": "crm"}', *more: tuple[str, str]) -> Request:
    """Return what a client of production sent."""
    headers = (("Host", "shop.example"), JSON, ("Idempotency-Key", key), ("Content-Length", str(len(body))), *more)
    return Request(method="POST", target="/v1/batches", headers=headers, body=body)


def again(event: int, body: bytes = b'{"source": "crm"}') -> Request:
    """Return the same as it is sent again, as a new event."""
    return Request(
        method="POST", target="/v1/batches", headers=(JSON, ("Idempotency-Key", placeholder(event))), body=body
    )


def seen(name: str, message: Request | Wire, **more: object) -> SeenExchange:
    """Return an exchange of a capture."""
    return SeenExchange(name=name, message=message, **more)  # type: ignore[arg-type]


def made(*exchanges: SeenExchange, configuration: Configuration = CONFIGURATION) -> Made:
    """Return the cases of a capture."""
    return cases_of(Capture(source="middleware", exchanges=exchanges), configuration, file="seen.json", name="seen")


def sent(number: int, message: Request, event: int, **more: object) -> Send:
    """Return the send of an exchange."""
    whole: dict[str, object] = {"phase": Phase.FAULT, "expect": OPEN, "altered": True} | more
    return Send(label=f"seen-{number}", operation="create_batch", message=message, event=event, **whole)  # type: ignore[arg-type]


def steps(*exchanges: SeenExchange) -> tuple[Step, ...]:
    """Return the steps of the first case of a capture."""
    return made(*exchanges).cases[0].steps


def test_the_same_identity_is_the_same_new_event() -> None:
    """Judged as a duplicate, and as requests that must not fail; the answers of then are no truth."""
    found = made(
        seen("a", request("k1"), answer=Answer(status=201), took=0.1),
        seen("b", request("k2"), answer=Answer(status=500), at=1.0, took=0.1),
        seen("c", request("k1"), answer=Answer(status=201), at=2.0, took=0.1),
    )
    steps = tuple(s for n, event in ((1, 1), (2, 2), (3, 1)) for s in (sent(n, again(event), event), Settle()))
    assert [(case.family, case.operation, case.trouble, case.checks, case.steps) for case in found.cases] == [
        (Family.DUPLICATE, "create_batch", "an event seen again", ("one-effect-per-event",), steps),
        (Family.MALFORMED, "create_batch", "a request as seen", ("answer-in-time",), steps),
    ]
    assert (found.cases[0].title, found.losses) == ("3 requests as seen (middleware)", ())


def test_the_operation_s_own_example_is_known_to_be_valid() -> None:
    """Only there is it known what a correct service does; of a log that holds neither headers nor body it stands in."""
    own = valid_request(OPERATION, 1)
    bare = Request(method="POST", target="/v1/batches")
    found = made(seen("a", bare, missing=("headers", "body")), seen("b", bare, missing=("headers", "body")))
    assert found.cases[0].steps == (
        sent(1, own, 1, expect=VALID, altered=False),
        Settle(),
        sent(2, valid_request(OPERATION, 2), 2, expect=VALID, altered=False),
        Settle(),
    )
    assert found.losses[0] == ("the headers of 'a': not seen, so what the example of create_batch has stands there")


def test_what_was_at_work_at_the_same_time_is_so_again() -> None:
    """At the same instant where all were at work at once, else by turns of their starts and ends; never by sleeps."""
    wave = steps(seen("a", request("k"), took=0.2), seen("b", request("k"), at=0.1, took=0.3))
    assert wave == (Together(sends=(sent(1, again(1), 1), sent(2, again(1), 1))), Settle())
    chain = steps(
        seen("a", request("k"), took=0.2),
        seen("b", request("k"), at=0.1, took=0.3),
        seen("c", request("k"), at=0.3, took=0.05),
    )
    assert chain == (
        Begin(send=sent(1, again(1), 1)),
        Begin(send=sent(2, again(1), 1)),
        Collect(of="seen-1"),
        sent(3, again(1), 1),
        Collect(of="seen-2"),
        Settle(),
    )


POSTED = Request(method="POST", target="/entries", body=b"{}")
MADE = Answer(status=201, body=b'{"id": "1"}')


def test_what_began_while_another_waited_for_its_dependency_begins_there_again() -> None:
    """The call is held as it was, until what came meanwhile has ended, or has come."""
    call = SeenCall(dependency="ledger", request=POSTED, answer=MADE, at=0.01, took=0.15)
    gate = Fault(id="ledger-1-1", dependency="ledger", kind="held", call="POST /entries", first=1, times=1)
    first = seen("a", request("k"), took=0.2, calls=(call,))
    within = steps(first, seen("b", request("k"), at=0.05, took=0.05))
    head = (Arm(fault=gate), Begin(send=sent(1, again(1), 1)), AwaitStrike(fault=gate.id))
    second = sent(2, again(1), 1)
    assert within == (*head, second, Clear(fault=gate.id), Collect(of="seen-1"), Settle())
    beyond = steps(first, seen("b", request("k"), at=0.05, took=0.5))
    ends = (Collect(of="seen-1"), Collect(of="seen-2"), Settle())
    assert beyond == (*head, Begin(send=second), Pause(seconds=0.15), Clear(fault=gate.id), *ends)


def test_an_unanswered_call_is_tried_with_its_effect_and_without() -> None:
    """Nobody saw whether it landed; the second call is struck by what struck it, the third went as it should."""
    calls = (
        SeenCall(dependency="ledger", request=POSTED, silence=Silence.TIMEOUT, took=1.0),
        SeenCall(dependency="ledger", request=POSTED, answer=Answer(status=503, headers=(("Retry-After", "1"),))),
        SeenCall(dependency="ledger", request=POSTED, answer=MADE),
    )
    found = made(seen("a", request("k1"), took=1.2, calls=calls), seen("b", request("k2"), at=9.0, took=0.1))
    silent = Fault(id="ledger-1-1", dependency="ledger", kind="no-answer", call="POST /entries", first=1, times=1)
    refused = Fault(
        id="ledger-1-2",
        dependency="ledger",
        kind="status",
        call="POST /entries",
        first=2,
        times=1,
        settings={"code": 503.0, "retry_after": "1"},
        needed=False,
    )
    for case, way in zip(found.cases, (Landed.WHOLE, Landed.NONE), strict=True):
        assert (case.family, case.trouble, case.checks) == (
            Family.TIMEOUT,
            "a dependency seen to fail",
            ("answer-in-time",),
        )
        assert case.steps == (
            Arm(fault=replace(silent, landed=way)),
            Arm(fault=refused),
            sent(1, again(1), 1),
            Clear(fault=silent.id),
            Clear(fault=refused.id),
            Settle(),
            sent(2, again(2), 2, phase=Phase.RECOVERY),
            Settle(),
        )
    assert found.losses == ("whether the effects of calls without an answer landed was not seen: both are tried",)


@pytest.mark.parametrize(
    ("call", "kind", "settings"),
    [
        ({"answer": MADE, "took": 0.5}, "late", {"delay": 0.5}),
        ({"silence": Silence.RESET}, "reset", {}),
        ({"silence": Silence.CLOSED}, "closed", {}),
        ({"silence": Silence.REFUSED}, "refused", {}),
        ({"answer": Answer(status=500)}, "status", {"code": 500.0}),
        (
            {"answer": Answer(status=200, headers=(("A", "b"),), body=b"<p>"), "took": 0.3},
            "as-recorded",
            {"status": 200.0, "headers": "A: b", "body": "<p>", "delay": 0.3},
        ),
        ({"answer": Answer(status=201, body=b"x", complete=False)}, "truncated", {}),
        ({"answer": Answer(status=0, valid=False)}, "malformed-body", {}),
    ],
)
def test_each_way_of_failing_is_the_kind_that_says_it(
    call: dict[str, object], kind: str, settings: dict[str, object]
) -> None:
    """What no kind says is the answer as it was recorded."""
    exchange = seen("a", request("k"), calls=(SeenCall(dependency="ledger", request=POSTED, **call),))  # type: ignore[arg-type]
    (fault,) = made(exchange).cases[0].faults()
    assert (fault.kind, dict(fault.settings)) == (kind, settings)


def test_calls_that_nobody_declared_are_said() -> None:
    """To another machine, or on another route: how they went is lost."""
    other = Request(method="GET", target="/x")
    calls = (SeenCall(dependency="ledger", request=other), SeenCall(dependency="10.0.0.7:80", request=other))
    assert made(seen("a", request("k"), calls=calls)).losses == (
        "the call GET /x to ledger is none of ledger's declared calls: how it went is left out",
        "the call GET /x to 10.0.0.7:80 is none of the dependencies' declared calls: how it went is left out",
    )


def test_a_client_that_left_leaves_again_and_asks_at_once() -> None:
    """It gives up when it did, and what follows at once does not wait for the service to come to rest."""
    left = seen("a", request("k"), silence=Silence.ABANDONED, took=0.3)
    assert steps(left, seen("b", request("k"), at=0.31, took=0.1)) == (
        sent(1, again(1), 1, give_up_after=0.3),
        sent(2, again(1), 1),
        Settle(),
    )


def test_what_was_made_is_read_back_and_probes_are_left_out() -> None:
    """A read of an id that an answer gave reads today's id; what lies outside of the capture is said."""
    get = Request(method="GET", target="/v1/batches/b7")
    found = made(
        seen("ready", Request(method="GET", target="/healthz")),
        seen("old", replace(get, target="/v1/batches/b1")),
        seen("made", request("k"), answer=Answer(status=201, body=b'{"id": "b7"}')),
        seen("read", get),
    )
    label = "read-3-1"
    assert found.cases[0].steps == (
        sent(3, again(1), 1),
        Settle(),
        ReadBack(label=label, of="seen-3", phase=Phase.FAULT),
        Settle(),
    )
    assert found.losses == (
        "'ready' (GET /healthz) is left out: it is a probe",
        "'old' (GET /v1/batches/b1) is left out: it reads what no answer here gave",
    )


def test_exact_bytes_go_to_the_service_of_today_with_a_fresh_identity() -> None:
    """Only the Host and the identity are others; a Content-Length that lies stays."""
    data = (
        b"POST /v1/batches HTTP/1.1\r\nHost: shop.example:443\r\nIdempotency-Key: k-1\r\nContent-Length: 99\r\n\r\n{}"
    )
    (send,) = made(seen("a", Wire(chunks=(Chunk(data=data),)))).cases[0].sends()
    assert isinstance(send.message, Wire)
    assert (send.event, send.message.data) == (
        1,
        data.replace(b"shop.example:443", HOST_PLACEHOLDER).replace(b"k-1", placeholder(1).encode()),
    )


def test_credentials_are_left_to_the_configuration() -> None:
    """What production's clients signed with is no credential here: the operation's own takes its place, where it has one.

    Others stay until the case is kept, when tokens stand for them. A length that is no body's stays.
    """
    message = request("k", b"{}", ("Authorization", "Bearer abcdef"), ("Cookie", "a=b"), ("Connection", "close"))
    headers = tuple(("Content-Length", "7") if name == "Content-Length" else (name, v) for name, v in message.headers)
    signed = replace(OPERATION, headers=(*OPERATION.headers, ("authorization", "Bearer own")))
    known = replace(CONFIGURATION, operations=(signed,))
    (send,) = made(seen("a", replace(message, headers=headers)), configuration=known).cases[0].sends()
    assert isinstance(send.message, Request)
    assert send.message.headers == (
        JSON,
        ("Idempotency-Key", placeholder(1)),
        ("Content-Length", "7"),
        ("Authorization", "[redacted]"),
        ("Cookie", "a=b"),
    )


def test_what_asks_for_no_operation_is_named_with_all_there_are() -> None:
    """Every stranger at once, and what can be done about it."""
    strange = Request(method="GET", target="/v9/x?y=1")
    with pytest.raises(ScenarioError) as refused:
        made(seen("a", request("k")), seen("b", strange), seen("c", Wire(chunks=(Chunk(data=b"\x00"),))))
    operations = "create_batch (POST /v1/batches), create_batch_v2 (POST /v2/batches)"
    rest = f"which is none of the operations: {operations}; add it to them, or leave it out"
    assert [str(problem) for problem in refused.value.problems] == [
        f"seen.json: 'b' asks for GET /v9/x?y=1, {rest}",
        f"seen.json: 'c' does not say what it asks for, {rest}",
    ]
    with pytest.raises(ScenarioError, match="none of the requests asks for an operation"):
        made(seen("ready", Request(method="GET", target="/healthz")))


IDENTITIES = """
format: 1
service: {command: [x], ready: GET /}
operations:
  pay:
    request: POST /pay/{order}/now?shop=1
    json: {event: {id: a}, amount: 1}
    event: [path:order, "json:/event/id", "query:shop"]
"""


def test_an_identity_of_several_parts_is_put_into_each_and_no_other_byte_moves(tmp_path: Path) -> None:
    """In the path, the query and the JSON; the body is not written anew."""
    file = tmp_path / "harness.yaml"
    file.write_text(IDENTITIES)
    configuration = load_configuration(file)
    body = b'{"amount":1.50,  "event": {"id":"x\\u0079" , "id2":[ ]}}\n'
    pay = Request(method="POST", target="/pay/77/now?a=b&shop=9", body=body)
    other = replace(pay, target="/pay/78/now?a=b&shop=9")
    capture = Capture(source="raw-http", exchanges=(seen("a", pay), seen("b", other), seen("c", pay)))
    sends = cases_of(capture, configuration, file="f", name="seen").cases[0].sends()
    one = placeholder(1)
    message = sends[0].message
    assert isinstance(message, Request)
    assert ([send.event for send in sends], message.target, message.body) == (
        [1, 2, 1],
        f"/pay/{one}/now?a=b&shop={one}",
        b'{"amount":1.50,  "event": {"id":"%s" , "id2":[ ]}}\n' % one.encode(),
    )
