"""On a real gunicorn with two workers: framing, duplicates across workers, and time."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable
from typing import TypeVar

import pytest

from tests.sample_app.clients import BATCH, Reply, at_once, post
from tests.sample_app.ledger import Ledger, drips, hangs, says, slow
from tests.sample_app.server import Server, exchange

pytestmark = pytest.mark.server

Kind = TypeVar("Kind")
Serve = Callable[..., Server]
BODY = json.dumps(BATCH).encode()
HEAD = b"POST /v1/batches HTTP/1.1\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\nConnection: close\r\n"
HOST = b"Host: test\r\n"
CHUNKED = HEAD + HOST + b"Transfer-Encoding: chunked\r\n\r\n"


def sized(length: bytes, body: bytes) -> bytes:
    return HEAD + HOST + b"Content-Length: " + length + b"\r\n\r\n" + body


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


BROKEN = {
    "short, but complete JSON": sized(b"100", BODY),
    "short, cut in the JSON": sized(b"100", BODY[:-7]),
    "one byte short": sized(b"%d" % (len(BODY) + 1), BODY),
    "no body at all": sized(b"100", b""),
    "chunk size zz": CHUNKED + b"zz\r\n" + BODY + b"\r\n0\r\n\r\n",
    "chunk size -b": CHUNKED + b"-b\r\n" + BODY + b"\r\n0\r\n\r\n",
    "chunk size 0x": CHUNKED + b"0x%x\r\n" % len(BODY) + BODY + b"\r\n0\r\n\r\n",
    "chunk size 2^80": CHUNKED + b"f" * 20 + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
    "empty chunk size": CHUNKED + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
    "bad second chunk": CHUNKED + chunk(BODY) + b"zz\r\n",
    "no last chunk": CHUNKED + chunk(BODY),
    "no end after the last chunk": CHUNKED + chunk(BODY) + b"0\r\n",
    "cut in a chunk": CHUNKED + chunk(BODY)[:-9],
    "no Host": HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "two Hosts": HEAD + HOST + HOST + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "Host with a space": HEAD + b"Host: a b\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "Host with a port too high": HEAD + b"Host: a:99999\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "two keys": HEAD + b"Idempotency-Key: k2\r\n" + HOST + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "empty key": sized(b"%d" % len(BODY), BODY).replace(b"Key: k\r\n", b"Key: \r\n"),
    "two lengths": HEAD + HOST + b"Content-Length: 5\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY,
    "a length with a sign": sized(b"+%d" % len(BODY), BODY),
}


def test_nothing_broken_gets_in(serve: Serve, ledger: Ledger) -> None:
    """Each broken message is answered 400 without an effect, and the valid one after it is the first the ledger sees."""
    server = serve()
    answers = {name: exchange(server.port, raw, half_close=True)[:12] for name, raw in BROKEN.items()}
    assert answers == dict.fromkeys(BROKEN, b"HTTP/1.1 400")
    assert ledger.calls == []
    assert exchange(server.port, CHUNKED + chunk(BODY) + b"0\r\n\r\n").startswith(b"HTTP/1.1 201")
    assert len(ledger.calls) == 1


def test_no_prefix_of_a_message_has_an_effect(serve: Serve, ledger: Ledger) -> None:
    """A body cut at any byte, by FIN, is answered 400 and changes nothing."""
    server = serve()
    length = b"%d" % len(BODY)
    seen = {exchange(server.port, sized(length, BODY[:cut]), half_close=True)[:12] for cut in range(len(BODY))}
    assert (seen, ledger.calls) == ({b"HTTP/1.1 400"}, [])


def test_a_limit_holds_for_chunks_too(serve: Serve) -> None:
    """A chunked body may have as many bytes as one with a length, and not one more."""
    server = serve()
    sizes = (64 * 1024, 64 * 1024 + 1)
    answers = [exchange(server.port, CHUNKED + chunk(BODY.ljust(size)) + b"0\r\n\r\n")[9:12] for size in sizes]
    assert answers == [b"201", b"413"]


def test_two_in_one_packet_are_not_mixed(serve: Serve, ledger: Ledger) -> None:
    """A refused request with a body does not bleed into the valid one behind it on the same connection."""
    server = serve()
    refused = (
        sized(b"%d" % len(BODY), BODY).replace(b"application/json", b"text/plain").replace(b"close", b"keep-alive")
    )
    answers = exchange(server.port, refused + sized(b"%d" % len(BODY), BODY))
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"415", b"201"]
    assert len(ledger.calls) == 1


@pytest.mark.parametrize("pause", [0.0, 0.2], ids=["quick ledger", "slow ledger"])
def test_ten_duplicates_at_once_are_one_effect(pause: float, serve: Serve, ledger: Ledger) -> None:
    """Two fresh workers of four threads, ten identical requests, eight keys: one call and one batch for each key."""
    server = serve(SAMPLE_APP_LEDGER_DEADLINE="5", SAMPLE_APP_STORAGE_WAIT="5")
    ledger.behave = slow(pause)
    for key in map(str, range(8)):
        replies = at_once(10, lambda _, key=key: post(server.port, BATCH, key))  # type: ignore[misc]
        assert {reply.status for reply in replies} <= {201, 409}
        assert len({reply.body for reply in replies if reply.status == 201}) == 1
    assert len(ledger.calls) == len(ledger.effects()) == 8


def test_a_client_that_gave_up_gets_the_finished_answer(serve: Serve, ledger: Ledger) -> None:
    """The connection is cut before the answer; the work goes on, and the retry replays it: one effect."""
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(sized(b"%d" % len(BODY), BODY))
    replies = until(lambda: post(server.port, BATCH, "k"), lambda reply: reply.status == 201)
    assert {reply.status for reply in replies} <= {201, 409}
    assert len(ledger.calls) == 1


@pytest.mark.parametrize(
    "behave",
    [
        hangs,
        drips(b"HTTP/1.1 201 Created\r\nX: " + b"x" * 400),
        drips(b"HTTP/1.1 201 Created\r\n\r\n" + b" " * 400, 24),
    ],
    ids=["silence", "dripped headers", "dripped body"],
)
def test_the_deadline_is_total(behave: Callable[..., None], serve: Serve, ledger: Ledger) -> None:
    """A ledger that drips for 20 s costs the caller the deadline of 0.5 s and no more; the retry then succeeds."""
    server = serve(SAMPLE_APP_LEDGER_DEADLINE="0.5")
    confirm, ledger.behave = ledger.behave, behave
    began = time.monotonic()
    assert post(server.port, BATCH, "k").problem == (504, "ledger-late")
    assert time.monotonic() - began < 2
    ledger.behave = confirm
    assert post(server.port, BATCH, "k").status == 201
    assert len(ledger.effects()) == 1


def test_a_reply_lost_after_the_effect_is_not_a_second_effect(serve: Serve, ledger: Ledger) -> None:
    """The ledger took the entry and closed without a word: the retry reaches it under the same key."""
    server = serve()
    confirm, ledger.behave = ledger.behave, says(b"")
    assert post(server.port, BATCH, "k").status == 503
    ledger.behave = confirm
    assert post(server.port, BATCH, "k").status == 201
    assert (len(ledger.calls), len(ledger.effects())) == (4, 1)  # three tries, then that of the retry


def test_a_killed_worker_does_not_lock_its_key(serve: Serve, ledger: Ledger) -> None:
    """Both workers die in the middle of a call; when the lease has run out a retry finishes, with one effect."""
    server = serve(SAMPLE_APP_LEASE_MARGIN="0.5", SAMPLE_APP_LEDGER_DEADLINE="1")
    confirm, ledger.behave = ledger.behave, hangs
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(sized(b"%d" % len(BODY), BODY))
        until(lambda: len(ledger.calls), lambda count: count == 1)
        server.kill_workers()
    ledger.behave = confirm
    replies = until(lambda: attempt(server), lambda reply: reply is not None and reply.status == 201)
    assert {reply.status for reply in replies if reply is not None} <= {201, 409}
    assert (len(ledger.calls), len(ledger.effects())) == (2, 1)


def attempt(server: Server) -> Reply | None:
    """POST once; None while no worker is there to answer."""
    try:
        return post(server.port, BATCH, "k")
    except OSError:
        return None


def test_every_request_leaves_one_line(serve: Serve) -> None:
    """The log of the server has one terminal line a request, valid JSON, whatever was in the request."""
    server = serve()
    before = len(server.lines())
    post(server.port, BATCH, "k-1")
    post(server.port, {"source": 'a\r\n{"event": "request"}', "values": [" "]}, "k-2")
    post(server.port, {}, "k-3")
    lines = until(server.lines, lambda lines: len(lines) == before + 3)[-1][before:]
    assert [(line["status"], line["outcome"]) for line in lines] == [
        (201, "accepted"),
        (201, "accepted"),
        (422, "rejected"),
    ]


def until(ask: Callable[[], Kind], enough: Callable[[Kind], bool], bound: float = 15.0) -> list[Kind]:
    """Ask again until it is enough; return everything that was said."""
    said = [ask()]
    give_up = time.monotonic() + bound
    while not enough(said[-1]):
        assert time.monotonic() < give_up, said[-5:]
        time.sleep(0.05)
        said.append(ask())
    return said
