"""HAR is read strictly, order and overlap kept; what it cannot hold is said, and what it can comes back equal."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange.har import read_har
from harness.exchange.har_written import write_har
from harness.model.captures import Capture, SeenCall, SeenExchange
from harness.model.errors import ScenarioError
from harness.model.messages import Answer, Chunk, Request, Silence, Wire
from tests.unit.exchange.made import LATIN, answers, requests, source, told

ENTRY: dict[str, Any] = {
    "startedDateTime": "2026-11-20T09:14:03.620+01:00",
    "time": 12.5,
    "request": {
        "method": "POST",
        "url": "https://shop.example/v1/batches?x=1#f",
        "httpVersion": "h2",
        "cookies": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}],
        "headers": [{"name": ":authority", "value": "shop.example"}, {"name": "content-type", "value": "x/y"}],
        "queryString": [],
        "postData": {"mimeType": "x/y", "text": "caf\u00e9"},
        "headersSize": -1,
        "bodySize": 5,
    },
    "response": {
        "status": 201,
        "statusText": "Created",
        "httpVersion": "h2",
        "cookies": [],
        "headers": [{"name": "Location", "value": "/v1/batches/7"}],
        "content": {"size": 2, "mimeType": "", "text": "/wA=", "encoding": "base64"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": 2,
    },
    "cache": {},
    "timings": {"send": 1, "wait": 10, "receive": 1.5},
}


ONE_LINE = "a header value is one line, each of its characters one byte (latin-1)"


def har(*entries: dict[str, Any], version: str = "1.2") -> str:
    """Return a file of these entries."""
    return json.dumps({"log": {"version": version, "creator": {}, "entries": entries}}, indent=1)


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the entry with another value at a dotted path; an Ellipsis takes it away."""
    entry: dict[str, Any] = json.loads(json.dumps(ENTRY))
    *way, last = path.split(".")
    place = entry
    for name in way:
        place = place[name]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return entry


def test_what_a_browser_saved_comes_in_the_order_of_the_starts() -> None:
    """Times in seconds from the first start; answers with their bytes; each loss under its entry."""
    earlier = changed("startedDateTime", "2026-11-20T08:14:03.5Z") | {"time": 0}
    earlier["response"] = earlier["response"] | {"status": 0, "_error": "timeout"}
    message = Request(
        method="POST",
        target="/v1/batches?x=1",
        headers=(("content-type", "x/y"), ("Cookie", "a=1; b=2")),
        body="café".encode(),
    )
    answer = Answer(status=201, reason="Created", headers=(("Location", "/v1/batches/7"),), body=b"\xff\x00")
    losses = (
        "it went out in h2 and is sent in HTTP/1.1",
        "the pseudo headers of HTTP/2 are left out",
        "its cookies are listed and in no header: how they were written is not known",
    )
    assert read_har(source(har(ENTRY, earlier))) == Capture(
        source="har",
        taken="2026-11-20T08:14:03.500000+00:00",
        exchanges=(
            SeenExchange(name="request-1", message=message, silence=Silence.TIMEOUT),
            SeenExchange(name="request-2", message=message, answer=answer, at=0.12, took=0.0125),
        ),
        losses=tuple(f"entry {n} (POST /v1/batches?x=1): {what}" for n in (1, 2) for what in losses),
    )


@pytest.mark.parametrize(
    ("path", "value", "body", "missing", "loss"),
    [
        ("request.postData", {"mimeType": "x/y", "text": "a\ufffdb"}, b"", ("body",), "its body was not text"),
        ("request.postData", ..., b"", ("body",), "its body is not in the file"),
        (
            "request.postData",
            {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a b", "value": "ü"}]},
            b"a+b=%C3%BC",
            (),
            "only the fields of its form are in the file: how they were written",
        ),
        (
            "request.postData",
            {"mimeType": "multipart/form-data; boundary=x", "params": [{"name": "a", "value": "b"}]},
            b"",
            ("body",),
            "only the fields of its form are in the file: the body is not known",
        ),
        ("request.priority", "high", "café".encode(), (), "request has members that HAR does not know: priority"),
        ("time", -1, "café".encode(), (), "how long it took is not known"),
        (
            "request.headers",
            [{"name": "Content-Length", "value": "99"}],
            "café".encode(),
            (),
            "its body has 5 bytes in the file, its Content-Length says 99",
        ),
    ],
)
def test_what_the_file_does_not_hold_is_said(
    path: str, value: Any, body: bytes, missing: tuple[str, ...], loss: str
) -> None:
    """A body that is gone is missing, not empty; what is rebuilt is told to be."""
    capture = read_har(source(har(changed(path, value))))
    (seen,) = capture.exchanges
    assert isinstance(seen.message, Request)
    assert (seen.message.body, seen.missing) == (body, missing)
    assert any(told.split(": ", 1)[1].startswith(loss) for told in capture.losses)


@pytest.mark.parametrize(
    ("text", "told_"),
    [
        (
            "{",
            ["seen:1:2: the file is no whole JSON: save it again (Expecting property name enclosed in double quotes)"],
        ),
        ("[1]", ["seen:1:1: expected an object with a 'log', as HAR is"]),
        (har(version="2.0"), ["seen:3:14: log.version: this version of the harness reads HAR 1.1 and 1.2, not '2.0'"]),
        (har(), ["seen: log.entries: no request stands in this file"]),
        (har(changed("request.url", ...)), ["seen:9:16: log.entries.0.request.url: missing"]),
        (har(changed("request.method", "GET /")), ["seen:10:16: log.entries.0.request.method: this is no method"]),
        (
            har(changed("startedDateTime", "today") | {"time": "1"}),
            [
                "seen:7:24: log.entries.0.startedDateTime: expected a moment such as 2026-11-20T09:14:03.120Z",
                "seen:8:13: log.entries.0.time: expected a number",
            ],
        ),
        (
            har(changed("request.headers", [{"name": "A", "value": "b\nC: d"}])),
            [f"seen:26:17: log.entries.0.request.headers.0.value: {ONE_LINE}"],
        ),
        (har(changed("request.comment", "\ud800")), ["seen:40:18: half of a character (a lone surrogate) is no text"]),
    ],
    ids=["cut", "a list", "of the future", "empty", "no url", "no method", "no moment", "an injection", "half"],
)
def test_what_is_no_har_is_refused_with_its_places(text: str, told_: list[str]) -> None:
    """Everything that is wrong at once, each with line, column and way."""
    with pytest.raises(ScenarioError) as refused:
        read_har(source(text))
    assert told(refused.value) == told_


def test_what_har_cannot_hold_is_said_on_writing() -> None:
    """Calls, log lines, bytes that are no text, messages that are no HTTP."""
    call = SeenCall(dependency="ledger", request=Request(method="POST", target="/entries"))
    capture = Capture(
        source="middleware",
        exchanges=(
            SeenExchange(name="a", message=Wire(chunks=(Chunk(data=b"GET"),))),
            SeenExchange(
                name="b",
                message=Request(method="POST", target="/", body=b"\xff"),
                answer=Answer(status=200, complete=False),
                calls=(call,),
                log=("line",),
            ),
        ),
    )
    export = write_har(capture, "1")
    assert export.losses == (
        "a: HAR holds no message that is not well-formed HTTP: it is left out",
        "b: HAR holds no calls to dependencies: they are left out",
        "b: HAR holds no log lines: they are left out",
        "b: HAR does not tell an answer that was cut or is no HTTP from a whole one",
        "b: HAR holds no body that is not text: it is left out",
    )
    (back,) = read_har(source(export.text)).exchanges
    assert back.missing == ("body",)


MOMENTS = st.integers(0, 10**9).map(lambda micros: micros / 10**6)


@st.composite
def captures(draw: st.DrawFn) -> Capture:
    """Draw a capture of nothing that HAR cannot hold, as an import gives it."""
    starts = sorted(draw(st.lists(MOMENTS, min_size=1, max_size=4)))
    exchanges = []
    for number, at in enumerate(starts, start=1):
        message = draw(requests(LATIN))
        text = message.body.decode("utf-8", "replace").replace("\ufffd", "?")
        answer = draw(st.one_of(st.none(), answers()))
        exchanges.append(
            SeenExchange(
                name=f"r{number}",
                message=replace(message, body=text.encode()),
                answer=answer,
                silence=None if answer else draw(st.sampled_from((None, *Silence))),
                at=round(at - starts[0], 6),
                took=draw(MOMENTS),
            )
        )
    return Capture(source="har", taken="2026-11-20T08:14:03.500000+00:00", exchanges=tuple(exchanges))


@given(captures())
def test_what_har_can_hold_comes_back_equal(capture: Capture) -> None:
    """Written and read again: the same requests, answers and times, and nothing is lost."""
    export = write_har(capture, "1")
    assert (read_har(source(export.text)), export.losses) == (capture, ())
