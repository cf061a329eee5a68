"""The client against sockets that behave in every way a server must not."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from harness.clock import SECOND
from harness.model.messages import Answer, Chunk, Ending, Request, Silence, Wire
from harness.targets.client import Connection, Reply, connect

GET = Request(method="GET", target="/")
HI = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
HI_ANSWER = Answer(status=200, reason="OK", headers=(("Content-Length", "2"),), body=b"hi")


@contextmanager
def peer(act: Callable[[socket.socket], None]) -> Iterator[Connection]:
    """Yield a connection to a server that does ``act`` with the accepted socket, then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            accepted, _ = listener.accept()
            with accepted:
                accepted.settimeout(10)
                act(accepted)

        thread = threading.Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        connection = connect("127.0.0.1", port, authority=f"127.0.0.1:{port}", timeout=5)
        try:
            yield connection
        finally:
            connection.close()
            thread.join(10)


def until_end(sock: socket.socket) -> bytes:
    """Read to the end of the connection."""
    data = b""
    while piece := sock.recv(65536):
        data += piece
    return data


def rst(sock: socket.socket) -> None:
    """Make closing ``sock`` send RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def seconds(reply: Reply) -> float:
    return (reply.done_at - reply.sent_at) / SECOND


def test_exchange_and_reuse() -> None:
    """A whole answer leaves a kept-alive connection usable, and the next exchange starts clean."""
    seen: list[bytes] = []

    def act(sock: socket.socket) -> None:
        for _ in range(2):
            seen.append(sock.recv(65536))
            sock.sendall(HI)

    with peer(act) as connection:
        replies = [connection.exchange(GET, timeout=5), connection.exchange(GET, timeout=5)]
    sent = f"GET / HTTP/1.1\r\nHost: {connection.authority}\r\n\r\n".encode()
    assert (seen, [reply.answers for reply in replies]) == ([sent, sent], [(HI_ANSWER,), (HI_ANSWER,)])


def test_chunks_and_pauses() -> None:
    """Chunks go out in order, each after its pause, and the time counts from the first byte."""
    arrived: list[tuple[bytes, float]] = []

    def act(sock: socket.socket) -> None:
        while piece := sock.recv(65536):
            arrived.append((piece, time.monotonic()))
        sock.sendall(HI)

    wire = Wire(
        chunks=(Chunk(data=b"a"), Chunk(data=b"b", pause=0.2), Chunk(data=b"c", pause=0.1)), ending=Ending.HALF_CLOSE
    )
    with peer(act) as connection:
        reply = connection.exchange(wire, timeout=5)
    assert [piece for piece, _ in arrived] == [b"a", b"b", b"c"]
    assert (arrived[1][1] - arrived[0][1] > 0.19, arrived[2][1] - arrived[1][1] > 0.09, seconds(reply) > 0.29) == (
        True,
        True,
        True,
    )
    assert (reply.answers, reply.silence, connection.usable) == ((HI_ANSWER,), None, False)


def test_half_close_is_seen_by_the_server() -> None:
    """After the last byte the server reads the end, and its answer still arrives."""
    wire = Wire(chunks=(Chunk(data=b"whole"),), ending=Ending.HALF_CLOSE)
    seen: list[bytes] = []

    def act(sock: socket.socket) -> None:
        seen.append(until_end(sock))
        sock.sendall(HI)

    with peer(act) as connection:
        reply = connection.exchange(wire, timeout=5)
    assert (seen, reply.answers) == ([b"whole"], (HI_ANSWER,))


@pytest.mark.parametrize(("ending", "error"), [(Ending.RESET, ConnectionResetError), (Ending.CLOSE, None)])
def test_leaving_on_purpose(ending: Ending, error: type[Exception] | None) -> None:
    """RESET is RST and CLOSE is FIN on the wire; neither waits for an answer."""
    seen: list[object] = []

    def act(sock: socket.socket) -> None:
        try:
            seen.append(until_end(sock))
        except ConnectionResetError as caught:
            seen.append(type(caught))

    with peer(act) as connection:
        reply = connection.exchange(Wire(chunks=(Chunk(data=b"x"),), ending=ending), timeout=5)
    assert (seen, reply.silence, reply.answers) == ([error or b"x"], Silence.ABANDONED, ())


@pytest.mark.parametrize(
    ("last", "silence"), [(lambda sock: None, Silence.CLOSED), (rst, Silence.RESET)], ids=["fin", "rst"]
)
def test_ends_without_an_answer(last: Callable[[socket.socket], None], silence: Silence) -> None:
    """A close and a reset without an answer are told apart."""

    def act(sock: socket.socket) -> None:
        sock.recv(65536)
        last(sock)

    with peer(act) as connection:
        reply = connection.exchange(GET, timeout=5)
    assert (reply.silence, reply.answers, connection.usable) == (silence, (), False)


def test_refused() -> None:
    """A connection that nobody takes is a connection whose every exchange says so."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        connection = connect("127.0.0.1", closed.getsockname()[1], authority="x", timeout=5)
    reply = connection.exchange(GET, timeout=5)
    assert (connection.local_port, connection.usable, reply.silence) == (0, False, Silence.REFUSED)


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["status", "header", "body"]
)
def test_a_dripping_server_cannot_stretch_the_bound(start: bytes) -> None:
    """Bytes that keep coming, in the status line, a header or an endless body, do not move the deadline."""

    def act(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(start)
        try:
            for byte in b"HTTP/1.1 200 OK" * 20:
                sock.sendall(bytes([byte]))
                time.sleep(0.02)
        except OSError:
            pass

    with peer(act) as connection:
        reply = connection.exchange(GET, timeout=0.3)
    assert (reply.answers, reply.silence, 0.3 <= seconds(reply) < 1.0) == ((), Silence.TIMEOUT, True)
    assert reply.detail.endswith("came") or reply.detail.endswith("did not")


def test_a_server_that_does_not_read_cannot_hang_the_client() -> None:
    """A message that nobody takes ends at the bound, and says how much went out."""
    over = threading.Event()

    def act(sock: socket.socket) -> None:
        over.wait(10)

    with peer(act) as connection:
        reply = connection.exchange(Wire(chunks=(Chunk(data=b"x" * 20_000_000),)), timeout=0.4)
        over.set()
    assert (reply.silence, seconds(reply) < 1.5) == (Silence.TIMEOUT, True)
    assert "of 20000000 bytes could be sent" in reply.detail


def test_an_answer_before_the_message_is_sent() -> None:
    """An early refusal is read although the server resets the rest of the message."""

    def act(sock: socket.socket) -> None:
        sock.recv(10)
        sock.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with peer(act) as connection:
        reply = connection.exchange(Wire(chunks=(Chunk(data=b"x" * 20_000_000),)), timeout=5)
    assert ([answer.status for answer in reply.answers], reply.silence, connection.usable) == ([413], None, False)


def test_an_early_answer_ends_a_slow_message() -> None:
    """Between two chunks an answer is noticed at once; the rest is not sent."""

    def act(sock: socket.socket) -> None:
        sock.recv(10)
        sock.sendall(HI)
        sock.recv(10)

    with peer(act) as connection:
        reply = connection.exchange(Wire(chunks=(Chunk(data=b"a"), Chunk(data=b"b", pause=5.0))), timeout=8)
    assert (reply.answers, seconds(reply) < 2, connection.usable) == ((HI_ANSWER,), True, False)


def test_giving_up_on_purpose() -> None:
    """The client leaves when the case says so, and the server sees it leave."""
    seen: list[bytes] = []
    with peer(lambda sock: seen.append(until_end(sock))) as connection:
        reply = connection.exchange(GET, timeout=5, give_up_after=0.1)
    assert (reply.silence, 0.1 <= seconds(reply) < 1.0, len(seen)) == (Silence.ABANDONED, True, 1)


def test_several_answers_on_one_connection() -> None:
    """As many answers are read as asked for; when fewer come, silence says why the rest did not."""
    wire = Wire(chunks=(Chunk(data=b"two"),), answers=2)

    def both(sock: socket.socket) -> None:
        sock.recv(10)
        sock.sendall(HI + HI)

    def one(sock: socket.socket) -> None:
        sock.recv(10)
        sock.sendall(HI)

    with peer(both) as connection:
        whole = connection.exchange(wire, timeout=5)
    with peer(one) as connection:
        less = connection.exchange(wire, timeout=5)
    assert (whole.answers, whole.silence) == ((HI_ANSWER, HI_ANSWER), None)
    assert (less.answers, less.silence) == ((HI_ANSWER,), Silence.CLOSED)


def test_what_is_not_http_does_not_wait_for_the_bound() -> None:
    """Bytes that are no HTTP answer are collected for a moment, also when the server then just stays."""
    over = threading.Event()

    def act(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(b"<html>")
        time.sleep(0.05)
        sock.sendall(b"</html>")
        over.wait(10)

    with peer(act) as connection:
        reply = connection.exchange(GET, timeout=5)
        over.set()
    assert (reply.answers, reply.silence) == ((Answer(status=0, body=b"<html></html>", valid=False),), None)
    assert seconds(reply) < 2


def test_cut_by_a_reset() -> None:
    """What came before a reset is kept and marked as cut."""

    def act(sock: socket.socket) -> None:
        sock.recv(65536)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")
        time.sleep(0.1)
        rst(sock)

    with peer(act) as connection:
        (answer,) = connection.exchange(GET, timeout=5).answers
    assert (answer.status, answer.body, answer.complete) == (200, b"hi", False)


def test_a_silent_connection() -> None:
    """No bytes at all can be sent, and no answer asked for: then nothing is waited for."""
    with peer(lambda sock: None) as connection:
        reply = connection.exchange(Wire(chunks=(), answers=0), timeout=5)
    assert (reply.answers, reply.silence, seconds(reply) < 1) == ((), None, True)


def test_exchange_after_close() -> None:
    """A closed connection says so instead of raising."""
    with peer(lambda sock: None) as connection:
        connection.close()
        assert connection.exchange(GET, timeout=1).silence == Silence.ABANDONED
