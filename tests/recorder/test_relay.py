"""A relay on real sockets: both sides see each other's bytes and ends, and the tape has all of it."""

from __future__ import annotations

import hashlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from harness.clock import SystemClock
from harness.model.errors import TargetError
from harness.model.messages import Silence
from harness.recorder.relay import Relay, Switchboard
from harness.recorder.turns import Turn

pytestmark = pytest.mark.server

Serve = Callable[[socket.socket], None]
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def board() -> Iterator[Switchboard]:
    """Return a loop for relays."""
    made = Switchboard(SystemClock(), most=64 << 20)
    yield made
    made.stop()


@contextmanager
def _before(board: Switchboard, serve: Serve) -> Iterator[Relay]:
    """Yield a relay before a server that serves each connection with ``serve``."""
    listening = socket.create_server(("127.0.0.1", 0))

    def accepting() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with connection, suppress(OSError):
                    serve(connection)

    thread = threading.Thread(target=accepting, daemon=True)
    thread.start()
    try:
        yield board.relay("127.0.0.1", listening.getsockname()[1])
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def _connected(relay: Relay) -> socket.socket:
    host, _, port = relay.authority.partition(":")
    return socket.create_connection((host, int(port)), timeout=5)


def _to_the_end(connection: socket.socket) -> tuple[bytes, str]:
    received = bytearray()
    try:
        while data := connection.recv(1 << 20):
            received += data
    except ConnectionResetError:
        return bytes(received), "reset"
    return bytes(received), "closed"


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _turns(relay: Relay, holds: Callable[[list[Turn]], bool]) -> list[Turn]:
    """Return the turns on the tapes once that ``holds``."""
    end = time.monotonic() + 5
    while True:
        found = [turn for tape in relay.tapes for turn in tape.turns]
        if holds(found) or time.monotonic() > end:
            return found
        time.sleep(0.005)


def _ended(count: int) -> Callable[[list[Turn]], bool]:
    return lambda turns: len(turns) == count and all(turn.ended for turn in turns)


@pytest.mark.parametrize(
    "sent",
    [
        GET,
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\nConnection: x\r\n\r\n1;a\r\nb\r\n0\r\nT: t\r\n\r\n",
        GET + GET,
        b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
        b"what is this\r\n\r\n\0\xff",
        b"GET / HTTP/1.0\r\n\r\n",
        b"\r\nGET /  HTTP/1.1\nBare: lines\n\n",
    ],
)
def test_every_byte_reaches_the_service_as_it_was_sent(board: Switchboard, sent: bytes) -> None:
    """Framing, hop-by-hop fields, pipelines and what is no HTTP at all pass unchanged, and so does what comes back."""
    received: list[bytes] = []
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nok\r\n0\r\n\r\n"

    def serve(connection: socket.socket) -> None:
        data = b""
        while len(data) < len(sent):
            data += connection.recv(65536)
        received.append(data)
        connection.sendall(answer)

    with _before(board, serve) as relay, _connected(relay) as connection:
        connection.sendall(sent)
        assert _to_the_end(connection) == (answer, "closed")
    assert received == [sent]


def test_large_bodies_pass_both_ways_and_wait_for_their_reader(board: Switchboard) -> None:
    """Twenty megabytes each way arrive unchanged; the tape keeps a part and knows the size."""
    size, piece = 20 << 20, bytes(range(256)) * 4096
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % size
    digests: list[str] = []

    def serve(connection: socket.socket) -> None:
        data = connection.recv(65536)
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        seen = hashlib.sha256(body := data.partition(b"\r\n\r\n")[2])
        count = len(body)
        while count < size:
            body = connection.recv(1 << 20)
            seen.update(body)
            count += len(body)
        digests.append(seen.hexdigest())
        connection.sendall(head)
        for _ in range(20):
            connection.sendall(piece)

    with _before(board, serve) as relay, _connected(relay) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(20):
            connection.sendall(piece)
        received, _ = _to_the_end(connection)
    whole = hashlib.sha256(piece * 20).hexdigest()
    assert (digests, hashlib.sha256(received.removeprefix(head)).hexdigest()) == ([whole], whole)
    (turn,) = _turns(relay, _ended(1))
    assert turn.answer is not None
    assert (turn.request.complete, turn.request.clipped, turn.answer.complete, turn.answer.clipped) == (
        True,
        True,
        True,
        True,
    )
    assert (turn.answer.size, len(turn.answer.raw)) == (len(head) + size, 1 << 20)


def test_an_answer_comes_piece_by_piece(board: Switchboard) -> None:
    """Nothing is held back until a message is whole: what the service streams the client has."""
    go_on = threading.Event()

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(OK[:-1])
        go_on.wait(5)
        connection.sendall(OK[-1:])

    with _before(board, serve) as relay, _connected(relay) as connection:
        connection.sendall(GET)
        first = connection.recv(65536)
        while len(first) < len(OK) - 1:
            first += connection.recv(65536)
        go_on.set()
        assert (first, connection.recv(65536)) == (OK[:-1], b"k")


def test_a_client_that_ends_its_direction_reads_its_answer(board: Switchboard) -> None:
    """Half-close passes: the service sees the end of the request, the client the answer."""

    def serve(connection: socket.socket) -> None:
        received, how = _to_the_end(connection)
        assert (received, how) == (GET, "closed")
        connection.sendall(OK)

    with _before(board, serve) as relay, _connected(relay) as connection:
        connection.sendall(GET)
        connection.shutdown(socket.SHUT_WR)
        assert _to_the_end(connection) == (OK, "closed")
    (turn,) = _turns(relay, _ended(1))
    assert (turn.half_closed, turn.silence, turn.answer is not None) == (True, None, True)


@pytest.mark.parametrize("leave", [socket.socket.close, _reset])
def test_a_client_that_leaves_has_abandoned_its_request(
    board: Switchboard, leave: Callable[[socket.socket], None]
) -> None:
    """By FIN or by RST: the request has no answer, at the time when the client left, whatever the service says later."""
    asked, left = threading.Event(), threading.Event()

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        asked.set()
        left.wait(5)
        time.sleep(0.05)
        connection.sendall(OK)
        _to_the_end(connection)

    with _before(board, serve) as relay:
        connection = _connected(relay)
        connection.sendall(GET)
        assert asked.wait(5)
        leave(connection)
        left.set()
        (turn,) = _turns(relay, lambda turns: any(turn.silence for turn in turns))
    assert (turn.answer, turn.silence, turn.ended - turn.request.began < 4) == (None, Silence.ABANDONED, True)


@pytest.mark.parametrize(("how", "silence"), [("closed", Silence.CLOSED), ("reset", Silence.RESET)])
def test_a_service_that_says_nothing_ends_as_it_ended(board: Switchboard, how: str, silence: Silence) -> None:
    """FIN stays FIN and RST stays RST for the client, and the tape has which."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        if how == "reset":
            _reset(connection)

    with _before(board, serve) as relay, _connected(relay) as connection:
        connection.sendall(GET)
        assert _to_the_end(connection) == (b"", how)
    (turn,) = _turns(relay, _ended(1))
    assert (turn.answer, turn.silence) == (None, silence)


def test_nobody_there_is_a_refusal(board: Switchboard) -> None:
    """The request is read, so that it is told; the caller finds its connection reset."""
    relay = board.relay("127.0.0.1", 1)
    with _connected(relay) as connection:
        connection.sendall(GET)
        assert _to_the_end(connection) == (b"", "reset")
    (turn,) = _turns(relay, _ended(1))
    assert (turn.request.method, turn.silence) == ("GET", Silence.REFUSED)


def test_an_upgraded_connection_passes_on_what_is_no_http(board: Switchboard) -> None:
    """After 101 the bytes are nobody's HTTP: they pass, and the tape keeps them as one answer."""
    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(switch)
        while data := connection.recv(65536):
            connection.sendall(data)

    with _before(board, serve) as relay, _connected(relay) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
        received = connection.recv(65536)
        while len(received) < len(switch):
            received += connection.recv(65536)
        connection.sendall(b"\x81\x05hello")
        assert (received, connection.recv(65536)) == (switch, b"\x81\x05hello")


def test_a_hundred_connections_at_once_are_all_told(board: Switchboard) -> None:
    """Every one has its own tape, and overlap is in the times."""
    together = threading.Barrier(100)

    def serve(connection: socket.socket) -> None:
        threading.Thread(target=_answer, args=(connection.dup(),), daemon=True).start()

    def _answer(connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            together.wait(10)
            connection.sendall(OK)

    with _before(board, serve) as relay:
        connections = [_connected(relay) for _ in range(100)]
        for connection in connections:
            connection.sendall(GET)
        for connection in connections:
            assert connection.recv(65536) == OK
            connection.close()
        turns = _turns(relay, _ended(100))
    assert max(turn.request.began for turn in turns) <= min(turn.ended for turn in turns)


def test_a_port_that_is_taken_is_told(board: Switchboard) -> None:
    """The message names it, and says what mends it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(TargetError, match=f"127.0.0.1:{port} cannot be listened on: .*; end what listens there"):
            board.relay("127.0.0.1", 1, listen=port)


def test_what_is_at_work_gets_a_moment_at_the_end(board: Switchboard) -> None:
    """Resting waits for the answer that is due, takes no new connection, and drops what does not end."""
    slow = threading.Event()

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        time.sleep(0.2)
        connection.sendall(OK)
        connection.recv(65536)
        slow.wait(5)

    with _before(board, serve) as relay, _connected(relay) as connection:
        connection.sendall(GET)
        _turns(relay, lambda turns: len(turns) == 1)
        board.rest(relay, 5.0)
        assert connection.recv(65536) == OK
        with pytest.raises(ConnectionRefusedError):
            _connected(relay)
        connection.sendall(GET)
        _turns(relay, lambda turns: len(turns) == 2)
        board.rest(relay, 0.05)
        board.stop()
        slow.set()
    first, second = (turn for tape in relay.tapes for turn in tape.turns)
    assert (bool(first.ended), second.answer, second.silence, second.ended) == (True, None, None, 0.0)
