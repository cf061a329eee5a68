"""Lines of a JSON log are joined by request_id; what a log does not hold is missing, and said."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange.log_lines import read_log
from harness.model.captures import Capture, SeenExchange
from harness.model.errors import ScenarioError
from harness.model.messages import Answer, Request, Silence
from tests.unit.exchange.made import LATIN, lines, requests, source, told

OWN = {
    "time": 1763629443.62,
    "level": "info",
    "event": "request",
    "request_id": "r-1",
    "entity_id": None,
    "traceparent": None,
    "method": "POST",
    "route": "/v1/batches",
    "stage": "respond",
    "outcome": "failed",
    "status": 500,
    "problem": "internal",
    "latency_ms": 120.0,
}
ALERT = {"time": 1763629443.6, "level": "error", "event": "exception", "request_id": "r-1", "traceback": "..."}
GATE = {
    "timestamp": "2025-11-20T09:04:03.640Z",
    "request_id": "r-2",
    "method": "POST",
    "path": "/v1/batches?dry=1",
    "headers": {"Content-Type": "application/json", "Accept": ["a/b", "c/d"]},
    "body": {"source": "crm"},
    "status": "201",
    "latency_ms": 90,
}


def test_lines_of_the_sample_app_and_of_a_gateway_are_read() -> None:
    """Joined by request_id, in the order of their starts; what the log does not hold is missing and not empty."""
    text = lines({"time": 1, "event": "started"}, GATE, ALERT, OWN)
    assert read_log(source(text), {}) == Capture(
        source="json-log",
        taken="2025-11-20T09:04:03.500000+00:00",
        exchanges=(
            SeenExchange(
                name="r-1",
                message=Request(method="POST", target="/v1/batches"),
                answer=Answer(status=500),
                took=0.12,
                log=(json.dumps(ALERT), json.dumps(OWN)),
                missing=("headers", "body"),
            ),
            SeenExchange(
                name="r-2",
                message=Request(
                    method="POST",
                    target="/v1/batches?dry=1",
                    headers=(("Content-Type", "application/json"), ("Accept", "a/b"), ("Accept", "c/d")),
                    body=b'{"source": "crm"}',
                ),
                answer=Answer(status=201),
                at=0.05,
                took=0.09,
                log=(json.dumps(GATE),),
            ),
        ),
        losses=(
            "1 line(s) are about no request (line 1)",
            "request r-2: its body stands in the log as JSON: how it was spelt is not known",
            "the log holds no headers of r-1",
            "the log holds no body of r-1",
        ),
    )


def test_two_lines_of_one_request_are_one_and_two_requests_of_one_id_are_two() -> None:
    """The gateway's line and the service's, at work at the same time; a redelivery under the same id comes later."""
    inner = OWN | {"request_id": "r-2", "route": "/v1/batches?dry=1", "status": 201, "time": 1763629443.63}
    again = GATE | {"timestamp": "2025-11-20T09:04:05Z", "status": 409}
    capture = read_log(source(lines(GATE, inner, again)), {})
    assert [(e.name, e.answer and e.answer.status, len(e.log)) for e in capture.exchanges] == [
        ("r-2", 201, 2),
        ("r-2#2", 409, 1),
    ]
    assert "request r-2: 2 lines tell it; they are taken as one" in capture.losses


def test_members_may_have_other_names() -> None:
    """A mapping names them, nested ones by their dotted way; a client that left is no answer."""
    line = {"http": {"verb": "GET", "uri": "/v1/batches/7"}, "rid": 7, "http_code": 499}
    names = {"method": "http.verb", "target": "http.uri", "request_id": "rid", "status": "http_code"}
    capture = read_log(source(lines(line, line | {"rid": 8})), names)
    assert [(e.name, e.message, e.silence, e.missing) for e in capture.exchanges] == [
        (name, Request(method="GET", target="/v1/batches/7"), Silence.ABANDONED, ("headers",)) for name in ("7", "8")
    ]
    assert capture.losses == (
        "not every line has a time: the requests are taken one after the other, in the order of the lines",
        "the log holds no headers of 7, 8",
    )


def test_what_only_names_its_route_is_said_and_left_out() -> None:
    """A route is no path: which batch was read cannot be told."""
    read = OWN | {"request_id": "r-9", "method": "GET", "route": "/v1/batches/<batch>"}
    assert read_log(source(lines(OWN, read)), {}).losses[0] == (
        "request r-9 (line 2) is left out: its lines tell the route '/v1/batches/<batch>' and not the path"
    )


NONE = "seen: no line tells a request by its method and its path"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", NONE),
        (lines(OWN) + '{"a": ', "seen:2:7: this line is no JSON object: leave out what is none (Expecting value)"),
        (lines(OWN, 7), "seen:2:1: this line is no JSON object: leave out what is none"),
        (lines(OWN | {"method": "P T"}), "seen:1:1: method: this is no method"),
        (lines(OWN | {"status": "ok"}), "seen:1:1: status: expected a number"),
        (lines(OWN | {"status": 42}), "seen:1:1: status: expected a status of three digits"),
        (lines(OWN | {"time": "noon"}), "seen:1:1: time: expected a moment such as 2026-11-20T09:14:03.120Z"),
        (lines(OWN | {"headers": "A: b"}), "seen:1:1: headers: expected an object of headers, or a list of pairs"),
        (lines(OWN | {"headers": {"A b": "c"}}), "seen:1:1: headers: this is no name of a header field"),
        (
            lines({"request_id": "r"}),
            f"{NONE}: request r (line 1) is left out: no line tells method and path",
        ),
    ],
)
def test_what_is_no_log_is_refused_with_its_line(text: str, why: str) -> None:
    """A line that is cut, or a member of another kind: told by its line and name, never passed over."""
    with pytest.raises(ScenarioError) as refused:
        read_log(source(text), {})
    assert told(refused.value) == [why]


@given(st.lists(requests(LATIN), min_size=1, max_size=4))
def test_what_a_log_holds_is_what_was_sent(sent: list[Request]) -> None:
    """Requests whose bodies are text, written down a line each, come back in their order."""
    kept = [request for request in sent if request.body.isascii() and "{" not in request.target]
    written = [
        {
            "request_id": f"r{number}",
            "method": request.method,
            "target": request.target,
            "headers": list(map(list, request.headers)),
            "body": request.body.decode(),
            "status": 200,
        }
        for number, request in enumerate(kept, start=1)
    ]
    if kept:
        assert [exchange.message for exchange in read_log(source(lines(*written)), {}).exchanges] == kept
