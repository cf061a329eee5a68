"""Raw bytes are requests where they are well-formed, and exactly themselves where they are not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange.raw_http import read_raw
from harness.model.captures import Capture, SeenExchange
from harness.model.errors import ScenarioError
from harness.model.messages import Chunk, Ending, Request, Wire
from harness.model.wire import completed, render
from tests.unit.exchange.made import LATIN, requests, source, told

HEAD = b"POST /v1/batches HTTP/1.1\r\nHost: shop.example\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nTrailer: t\r\n\r\n"


def test_requests_in_one_file_stand_for_themselves() -> None:
    """Bodies by their length or in chunks, one behind the other; the framing stays as it was given."""
    data = HEAD + b"Content-Length: 2\r\n\r\n{}" + HEAD + CHUNKED + b"GET / HTTP/1.1\r\nHost:h\r\n\r\n\n"
    host = ("Host", "shop.example")
    bodies = (
        Request(method="POST", target="/v1/batches", headers=(host, ("Content-Length", "2")), body=b"{}"),
        Request(
            method="POST",
            target="/v1/batches",
            headers=(host, ("Transfer-Encoding", "chunked")),
            body=b"3;x=y\r\nabc\r\n0\r\nTrailer: t\r\n\r\n",
        ),
        Request(method="GET", target="/", headers=(("Host", "h"),)),
    )
    assert read_raw(source(data)) == Capture(
        source="raw-http",
        exchanges=tuple(SeenExchange(name=f"request-{n}", message=m) for n, m in enumerate(bodies, start=1)),
        losses=(
            "whether the requests came on one connection cannot be told: each gets its own",
            "white space around header values and line ends between the requests are written anew",
        ),
    )


@pytest.mark.parametrize(
    ("data", "ending", "answers"),
    [
        (b"GARBAGE\r\n\r\n", Ending.LISTEN, 1),
        (b"GET / HTTP/1.1\n\n", Ending.HALF_CLOSE, 1),
        (b"GET / HTTP/1.1\r\n\r\n", Ending.LISTEN, 1),
        (b"GET / HTTP/1.0\r\nHost: h\r\n\r\n", Ending.LISTEN, 1),
        (HEAD + b"Content-Length: 100\r\n\r\n{}", Ending.HALF_CLOSE, 1),
        (HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", Ending.LISTEN, 1),
        (HEAD + b"Content-Length: -1\r\n\r\n{}", Ending.LISTEN, 1),
        (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", Ending.LISTEN, 1),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", Ending.LISTEN, 1),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc", Ending.HALF_CLOSE, 1),
        (HEAD + b"\r\n", Ending.LISTEN, 1),
        (HEAD + b"Content-Length: 2\r\n\r\n{}more", Ending.HALF_CLOSE, 2),
        (HEAD + b"Broken header\r\n\r\n", Ending.LISTEN, 1),
    ],
)
def test_what_is_not_well_formed_is_one_message_of_exact_bytes(data: bytes, ending: Ending, answers: int) -> None:
    """No byte is mended; of what may be the beginning of a request the client has no more to send."""
    wire = Wire(chunks=(Chunk(data=data),), ending=ending, answers=answers)
    assert read_raw(source(data)) == Capture(
        source="raw-http", exchanges=(SeenExchange(name="request-1", message=wire),)
    )


def test_an_empty_file_is_refused() -> None:
    """Nothing was seen, and nothing is made of it."""
    with pytest.raises(ScenarioError) as refused:
        read_raw(source(b"\r\n"))
    assert told(refused.value) == ["seen: the file is empty; expected the bytes of a request"]


@given(st.lists(requests(LATIN), min_size=1, max_size=3))
def test_what_a_client_sends_is_read_back_equal(sent: list[Request]) -> None:
    """Requests written one behind the other give themselves, with the fields that the client added."""
    data = b"".join(render(request, "h:1") for request in sent)
    added = [replace(request, headers=completed(request, "h:1")) for request in sent]
    assert [exchange.message for exchange in read_raw(source(data)).exchanges] == added


@given(st.binary(min_size=1, max_size=60), st.integers(0, 90))
def test_whatever_the_bytes_are_none_is_lost(put: bytes, at: int) -> None:
    """Stuffed anywhere: one message of these bytes, or requests that hold them all but the blanks between."""
    data = HEAD + b"Content-Length: 2\r\n\r\n{}"
    data = data[:at] + put + data[at:]
    messages = [exchange.message for exchange in read_raw(source(data)).exchanges]
    wires = [message.data for message in messages if isinstance(message, Wire)]
    kept = b"".join(wires) or b"".join(render(m, "") for m in messages if isinstance(m, Request))
    assert [byte for byte in kept if byte > 0x20] == [byte for byte in data if byte > 0x20]
