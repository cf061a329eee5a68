"""Cassettes of VCR.py are read as they are written by it, and written so that they come back equal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange.vcr import TIMELESS, read_vcr, write_vcr
from harness.model.captures import Capture, SeenCall, SeenExchange
from harness.model.errors import ScenarioError
from harness.model.messages import Answer, Chunk, Request, Wire
from tests.unit.exchange.made import LATIN, answers, requests, source, told

CASSETTE = """\
interactions:
- request:
    body: '{"source": "caf\\u00e9"}'
    headers:
      Accept:
      - '*/*'
      Idempotency-Key:
      - k
    method: POST
    uri: http://127.0.0.1:43987/v1/batches?x=%20
  response:
    body:
      string: "{\\"id\\":\\"\\xE9\\"}"
    headers:
      Content-Type:
      - application/json
    status:
      code: 201
      message: Created
- request:
    body: !!binary |
      /wA=
    headers: {}
    method: put
    uri: http://127.0.0.1:43987/b
  response:
    body: {string: ''}
    headers: {}
    status: {code: 500, message: null}
version: 1
"""


def test_a_cassette_is_read_as_vcr_writes_it() -> None:
    """Text and bytes, headers with a list each; one request after the other."""
    accept = ("Accept", "*/*")
    assert read_vcr(source(CASSETTE)) == Capture(
        source="vcr",
        exchanges=(
            SeenExchange(
                name="request-1",
                message=Request(
                    method="POST",
                    target="/v1/batches?x=%20",
                    headers=(accept, ("Idempotency-Key", "k")),
                    body=b'{"source": "caf\\u00e9"}',
                ),
                answer=Answer(
                    status=201,
                    reason="Created",
                    headers=(("Content-Type", "application/json"),),
                    body='{"id":"é"}'.encode(),
                ),
            ),
            SeenExchange(
                name="request-2",
                message=Request(method="PUT", target="/b", body=b"\xff\x00"),
                answer=Answer(status=500),
                at=1.0,
            ),
        ),
        losses=(TIMELESS,),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            CASSETTE.replace("version: 1", "version: 2"),
            "seen:30:10: version: this version of the harness reads cassettes",
        ),
        (CASSETTE.replace("method: put", "methud: put"), "seen:21:5: interactions.1.request.method: missing"),
        (
            CASSETTE.replace("code: 201", "code: many"),
            "seen:18:13: interactions.0.response.status.code: expected a whole",
        ),
        (CASSETTE[:50], "seen:3:26: the file is no whole cassette: record it again (found unexpected end of stream)"),
        (CASSETTE[:60], "seen:1:1: version: missing"),
        ("interactions: []\nversion: 1\n", "seen: interactions: no request stands in this cassette"),
        ("interactions: !!python/object:os.system {}\n", "seen:1:15: the file is no whole cassette: record it again"),
        (b"interactions: \xff", "seen:1:15: byte 0xff is not UTF-8"),
        ("[" * 3000, "seen: the file is no whole cassette: record it again"),
        ("interactions: 2026-99-99", "seen: the file is no whole cassette: record it again"),
    ],
    ids=[
        "future",
        "misspelt",
        "a word",
        "cut",
        "cut behind a value",
        "empty",
        "an object",
        "no text",
        "deep",
        "no day",
    ],
)
def test_what_is_no_cassette_is_refused_with_its_place(text: str | bytes, why: str) -> None:
    """And nothing in it is ever constructed but plain data."""
    with pytest.raises(ScenarioError) as refused:
        read_vcr(source(text))
    assert told(refused.value)[0].startswith(why)


def test_what_a_cassette_cannot_hold_is_said() -> None:
    """Messages that are no HTTP, requests without an answer, calls, log lines, the order of repeats."""
    request = Request(method="GET", target="/", headers=(("A", "1"), ("B", "2"), ("A", "3")))
    call = SeenCall(dependency="ledger", request=request)
    exchanges = (
        SeenExchange(name="a", message=Wire(chunks=(Chunk(data=b"GET"),)), answer=Answer(status=400)),
        SeenExchange(name="b", message=request),
        SeenExchange(name="c", message=request, answer=Answer(status=200), calls=(call,), log=("line",)),
    )
    assert write_vcr(Capture(source="middleware", exchanges=exchanges)).losses == (
        "a: a cassette holds requests and their answers alone: it is left out",
        "b: a cassette holds requests and their answers alone: it is left out",
        "c: a cassette holds no calls to dependencies: left out",
        "c: a cassette holds no log lines: left out",
        "c: a cassette holds no order of a header's repeats among others: left out",
        TIMELESS,
    )


@given(st.lists(st.tuples(requests(LATIN), answers()), min_size=1, max_size=3))
def test_what_a_cassette_can_hold_comes_back_equal(pairs: list[tuple[Request, Answer]]) -> None:
    """Bytes included, which HAR cannot hold; where something is lost it is said."""
    exchanges = tuple(
        SeenExchange(name=f"request-{n}", message=request, answer=answer, at=float(n - 1))
        for n, (request, answer) in enumerate(pairs, start=1)
    )
    capture = Capture(source="vcr", exchanges=exchanges, losses=(TIMELESS,))
    export = write_vcr(capture)
    back = read_vcr(source(export.text))
    assert (back == capture) or len(export.losses) > 1
