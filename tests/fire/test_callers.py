"""A service that calls its dependencies without end fills no memory and holds no double."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from harness.doubles.line import BODY, HEAD
from harness.model.events import CallEnded
from tests.doubles.stage import Stage, staged, to_the_end

pytestmark = pytest.mark.server


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Stand a double up."""
    with staged() as stage:
        yield stage


@pytest.mark.parametrize(
    ("start", "more", "most"),
    [
        (b"POST /entries HTTP/1.1\r\nHost: x\r\nX-More: ", b"y" * 65_536, HEAD),
        (b"POST /entries HTTP/1.1\r\nHost: x\r\n", b"X-More: yes\r\n" * 4_096, HEAD),
        (
            b"POST /entries HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"10000\r\n" + b"z" * 65_536 + b"\r\n",
            BODY,
        ),
    ],
    ids=["line", "headers", "body"],
)
def test_a_call_without_end_is_answered_and_told(stage: Stage, start: bytes, more: bytes, most: int) -> None:
    """It gets a 400 once it is beyond its bound, the connection ends, and the history says why."""
    with stage.connect() as caller:
        caller.sendall(start)
        sent = 0
        try:
            while sent < 2 * BODY:
                caller.sendall(more)
                sent += len(more)
        except OSError:
            pass
        with_answer = _rest(caller)
    ends = [what for what in stage.told(CallEnded) if isinstance(what, CallEnded)]
    assert [(end.status, end.how) for end in ends] == [
        (400, f"not HTTP/1.1: a call of more than {most:,} bytes that did not end")
    ]
    assert (sent < most + (8 << 20), with_answer in (b"", b"HTTP/1.1 400 Bad Request")) == (True, True)


def _rest(caller: socket.socket) -> bytes:
    """Return the first line of what was answered; nothing where the end came as a reset."""
    return to_the_end(caller)[0].partition(b"\r\n")[0]
