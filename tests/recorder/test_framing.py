"""One direction of a connection is cut into its messages, wherever the network cuts it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.recorder.framing import Message, Splitter

POST = b"POST /a?b=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n3\r\ncde\r\n0\r\nTrailer: t\r\nOther: o\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"
UNFRAMED = b"HTTP/1.0 200 OK\r\n\r\nuntil the end"


def _cut(data: bytes, cuts: list[int], *, answers: bool = False, most: int = 1 << 20) -> list[Message]:
    """Feed ``data`` in pieces; return every message that began."""
    begun: list[Message] = []
    splitter = Splitter(
        begun=begun.append,
        over=lambda _: None,
        room=lambda kept, wanted: max(0, min(wanted, most - kept)),
        bodiless=(lambda status: status < 200 or status in (204, 304)) if answers else None,
    )
    for number, (start, end) in enumerate(pairwise([0, *cuts, len(data)])):
        splitter.feed(data[start:end], float(number))
    splitter.end(99.0)
    return begun


@given(cuts=st.lists(st.integers(0, len(POST + GET + CHUNKED + POST)), max_size=12).map(sorted))
def test_requests_are_the_same_however_they_come(cuts: list[int]) -> None:
    """A pipeline of requests with a length, none, and chunks is cut at the same places, body and bytes alike."""
    found = _cut(POST + b"\r\n" + GET + CHUNKED + POST, cuts)
    assert [(m.method, m.target, m.body, bytes(m.raw), m.complete, m.chunked) for m in found] == [
        ("POST", "/a?b=1", b"abc", POST, True, False),
        ("GET", "/", b"", GET, True, False),
        ("POST", "/c", b"abcde", CHUNKED, True, True),
        ("POST", "/a?b=1", b"abc", POST, True, False),
    ]


@given(cuts=st.lists(st.integers(0, len(INTERIM + OK + EMPTY + UNFRAMED)), max_size=12).map(sorted))
def test_answers_are_the_same_however_they_come(cuts: list[int]) -> None:
    """Interim answers, those without a body, and one that ends with its connection are told apart."""
    found = _cut(INTERIM + OK + EMPTY + UNFRAMED, cuts, answers=True)
    assert [(m.status, m.reason, m.body, m.complete) for m in found] == [
        (100, "Continue", b"", True),
        (200, "OK", b"ok", True),
        (204, "No Content", b"", True),
        (200, "OK", b"until the end", True),
    ]


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (POST[:-1], b"ab"),
        (CHUNKED[:-2], b"abcde"),
        (CHUNKED.partition(b"cde")[0] + b"cd", b"abcd"),
        (GET[:-2], b""),
    ],
)
def test_what_is_cut_is_not_whole(data: bytes, body: bytes) -> None:
    """A direction that ends in the middle of a message leaves it incomplete, with what there was of its body."""
    (message,) = _cut(data, [])
    assert (message.complete, message.body, bytes(message.raw)) == (False, body, data)


@pytest.mark.parametrize(
    "data",
    [
        b"hello?\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc",
        b"GET / HTTP/1.1\r\nno field\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\n\r\nanything",
    ],
)
def test_what_may_be_read_in_two_ways_is_kept_as_it_is(data: bytes) -> None:
    """Nobody knows where such a message ends for the service: it is one to the end, with all its bytes."""
    (message,) = _cut(data, [5])
    assert (message.readable, message.complete, bytes(message.raw)) == (False, False, data)


@pytest.mark.parametrize("size", [b"zz", b"-1", b"", b"1" * 20])
def test_a_chunk_of_no_size_ends_the_reading(size: bytes) -> None:
    """What follows a broken chunk is no message any more."""
    data = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\nabc\r\n" + GET
    (message,) = _cut(data, [])
    assert (message.complete, bytes(message.raw)) == (False, data)


def test_a_large_message_is_kept_in_part_and_counted_whole() -> None:
    """The next message is found behind it all the same."""
    large = b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000
    first, second = _cut(large + GET, [500], most=100)
    assert (len(first.raw), first.size, first.clipped, first.complete, len(first.body)) == (100, 1041, True, True, 59)
    assert (second.method, second.clipped) == ("GET", False)


def test_the_times_of_a_message_are_those_of_its_bytes() -> None:
    """Its first and its last byte, and when each piece came."""
    (message,) = _cut(POST, [10, 20])
    assert (message.began, message.last, message.pieces) == (0.0, 2.0, [(0, 0.0), (10, 1.0), (20, 2.0)])
