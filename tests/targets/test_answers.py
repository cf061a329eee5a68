"""Answers are read strictly, whole, and the same however the bytes are split."""

from __future__ import annotations

import pytest

from harness.model.messages import Answer
from harness.targets.answers import KEPT, AnswerReader

OK = b"HTTP/1.1 200 OK\r\n"


def read(data: bytes, method: str = "GET", *, clean: bool | None = None, step: int = 0) -> list[Answer]:
    """Read ``data`` whole, or in pieces of ``step`` bytes, then end the connection unless ``clean`` is None."""
    reader = AnswerReader(method)
    for start in range(0, len(data), step or len(data)):
        reader.feed(data[start : start + (step or len(data))])
    if clean is not None:
        reader.end(clean=clean)
    return reader.answers


WHOLE = {
    "length": (
        OK + b"Content-Length: 2\r\nX-A:  b \r\n\r\nhi",
        Answer(status=200, reason="OK", headers=(("Content-Length", "2"), ("X-A", "b")), body=b"hi"),
    ),
    "no reason": (b"HTTP/1.0 404\r\nContent-Length: 0\r\n\r\n", Answer(status=404, headers=(("Content-Length", "0"),))),
    "chunked": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nhi\r\nA\r\n0123456789\r\n0\r\nX-Late: 1\r\n\r\n",
        Answer(status=200, reason="OK", headers=(("Transfer-Encoding", "chunked"),), body=b"hi0123456789"),
    ),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(status=204, reason="No Content")),
    "not modified": (
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        Answer(status=304, reason="Not Modified", headers=(("Content-Length", "9"),)),
    ),
    "interim": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\nx",
        Answer(status=200, reason="OK", headers=(("Content-Length", "1"),), body=b"x"),
    ),
    "same lengths": (
        OK + b"Content-Length: 1, 1\r\n\r\nx",
        Answer(status=200, reason="OK", headers=(("Content-Length", "1, 1"),), body=b"x"),
    ),
    "obs-text": (
        OK + b"X: \xe9\r\nContent-Length: 0\r\n\r\n",
        Answer(status=200, reason="OK", headers=(("X", "é"), ("Content-Length", "0"))),
    ),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("step", [0, 1, 3, 7])
def test_whole_answers(name: str, step: int) -> None:
    """Each framing of RFC 9112 section 6.3 is read to its end, whatever the split, with the connection left open."""
    data, answer = WHOLE[name]
    assert read(data, step=step) == [answer]


def test_head_has_no_body() -> None:
    """An answer to HEAD ends with its header block, whatever length it states."""
    wanted = Answer(status=200, reason="OK", headers=(("Content-Length", "5"),))
    assert read(OK + b"Content-Length: 5\r\n\r\n", "HEAD") == [wanted]


def test_until_close() -> None:
    """Without a length the body runs to the end: whole after FIN, cut after RST."""
    whole, cut = read(OK + b"\r\nbody", clean=True), read(OK + b"\r\nbody", clean=False)
    assert (whole, cut) == (
        [Answer(status=200, reason="OK", body=b"body")],
        [Answer(status=200, reason="OK", body=b"body", complete=False)],
    )


@pytest.mark.parametrize("clean", [True, False])
@pytest.mark.parametrize(
    ("data", "status", "body"),
    [
        (OK + b"Content-Length: 9\r\n\r\nhi", 200, b"hi"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhi", 200, b"hi"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", 200, b"hi"),
        (OK + b"Content-Le", 200, b""),
    ],
)
def test_cut_answers_are_not_complete(data: bytes, status: int, body: bytes, clean: bool) -> None:
    """An answer whose connection ended before its framing said so is kept as far as it came, and marked."""
    (answer,) = read(data, clean=clean)
    assert (answer.status, answer.body, answer.complete, answer.valid) == (status, body, False, True)


def test_cut_status_line() -> None:
    """A connection that ends inside the status line gave no answer, only bytes."""
    assert read(b"HTTP/1.1 20", clean=True) == [Answer(status=0, body=b"HTTP/1.1 20", valid=False, complete=False)]


@pytest.mark.parametrize(
    "data",
    [
        b"<html>no status line</html>",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        OK + b"no colon\r\n\r\n",
        OK + b"Space : x\r\n\r\n",
        OK + b"X: a\r\n folded\r\n\r\n",
        OK + b"X: a\x00b\r\n\r\n",
        OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        OK + b"Content-Length: +1\r\n\r\nx",
        OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nx",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\nhi\r\n",
        OK + b"X: " + b"x" * 70_000,
    ],
)
def test_what_is_not_http_is_kept_as_bytes(data: bytes) -> None:
    """Bytes that break the grammar are no answer: status 0, not valid, and the bytes as seen."""
    (answer,) = read(data, clean=True)
    assert (answer.status, answer.valid, answer.body[:30]) == (0, False, data.replace(b"2\r\nhi", b"2\r\nhi")[:30])


def test_several_answers_in_order() -> None:
    """Answers that follow one another on a connection come apart at their frames."""
    one = OK + b"Content-Length: 1\r\n\r\n"
    assert [answer.body for answer in read(one + b"a" + one + b"b", step=2)] == [b"a", b"b"]


@pytest.mark.parametrize(
    ("head", "stays"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: x, close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", True),
    ],
)
def test_keep_alive(head: bytes, stays: bool) -> None:
    """Whether the connection stays open follows RFC 9112 section 9.3."""
    reader = AnswerReader("GET")
    reader.feed(head + b"Content-Length: 0\r\n\r\n")
    assert reader.keep_alive == stays


def test_long_bodies_are_clipped_but_read() -> None:
    """A body beyond 1 MiB is kept up to there and read to its end."""
    size = KEPT + 10
    (answer,) = read(OK + f"Content-Length: {size}\r\n\r\n".encode() + b"x" * size)
    assert (len(answer.body), answer.clipped, answer.complete) == (KEPT, True, True)
