"""Whatever does not answer, does not take or does not end is waited for with a bound."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest

from harness.load.connections import GARBAGE, KEPT, Pool
from harness.load.running import _handed_over
from harness.load.stored import Stored
from harness.model.messages import Request, Silence
from harness.targets import proc
from harness.targets.answers import AnswerReader
from tests.targets.conftest import Stage, eventually, stage

__all__ = ["stage"]

ENDLESS = {
    "body": (b"HTTP/1.1 201 Created\r\n\r\n", b"z" * 65_536),
    "chunks": (b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b"z" * 32_768 + b"\r\n"),
    "headers": (b"HTTP/1.1 201 Created\r\n", b"X-More: yes\r\n" * 4_000),
    "line": (b"HTTP/1.1 201 Created\r\nX-More: ", b"y" * 65_536),
    "1xx": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2_000),
}


@contextmanager
def endless(start: bytes, more: bytes, times: int = sys.maxsize) -> Iterator[str]:
    """Answer one connection without end, or with ``more`` so many times; yield ``host:port``."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            link, _ = listener.accept()
            with link:
                try:
                    link.recv(65_536)  # a request that nobody read would make the end of the answer a reset
                    link.sendall(start)
                    for _ in range(times):
                        link.sendall(more)
                except OSError:
                    return

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield "{}:{}".format(*listener.getsockname())
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.server
@pytest.mark.parametrize("what", ENDLESS)
def test_the_generator_reads_no_answer_without_end(what: str) -> None:
    """An endless body ends by the timeout, an endless head is no answer; neither is kept."""
    with endless(*ENDLESS[what]) as authority:
        pool, began = Pool(authority), time.monotonic()
        received = pool.exchange(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 1.0)
        took = time.monotonic() - began
        pool.close()
    wanted = (Silence.TIMEOUT,) if what in ("body", "chunks") else (GARBAGE, Silence.TIMEOUT)
    assert (received.silence in wanted, received.body, took < 20) == (True, b"", True), received


@pytest.mark.server
def test_the_generator_keeps_of_a_large_body_the_first_bytes() -> None:
    """The answer is whole, and what is kept of it is bounded."""
    head = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % (3 * KEPT)
    with endless(head, b"z" * KEPT, times=3) as authority:  # what came behind the answer would be no HTTP
        pool = Pool(authority)
        received = pool.exchange(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 20.0)
        pool.close()
    assert (received.status, len(received.body)) == (201, KEPT)


def test_what_is_no_http_is_kept_as_far_as_it_shows_what_it_is() -> None:
    """Of a flood of other bytes the first 64 KiB are kept, and it is said that there was more."""
    reader = AnswerReader("GET")
    for _ in range(100):
        reader.feed(b"SSH-2.0" + b"\0" * 65_536)
    reader.end(clean=True)
    (answer,) = reader.answers
    assert (answer.valid, answer.body[:7], len(answer.body), answer.clipped) == (False, b"SSH-2.0", 65_536, True)


def test_interim_answers_without_the_answer_are_counted() -> None:
    """Whoever waits for an answer is told that only 1xx came."""
    reader = AnswerReader("GET")
    reader.feed(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 3)
    assert reader.progress() == "3 interim answers (1xx) came, the answer did not"


def test_an_answer_nested_without_end_is_not_read_back() -> None:
    """It is no answer to fill a later read from, and it does not break the generator."""
    stored = Stored(Random(1))
    stored.note(1, b"[" * 200_000)
    assert stored.one() is None


def test_a_generator_that_takes_no_job_is_not_waited_for() -> None:
    """A job larger than a pipe holds, and nobody who reads it: the writing ends at its deadline."""
    reader, writer = os.pipe()
    try:
        taken = _handed_over(writer, b"x" * (1 << 20), time.monotonic() + 0.2)
    finally:
        os.close(reader)
        os.close(writer)
    assert not taken


@pytest.mark.server
def test_a_stopped_application_in_process_does_not_hold_the_harness(stage: Stage) -> None:
    """A body that the stopped process does not take ends the exchange, and the instance can be stopped."""
    instance = stage.start("wsgi")
    (pid,) = instance.processes()
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    reply = instance.connect(1).exchange(Request(method="POST", target="/", body=b"x" * (8 << 20)), timeout=2)
    instance.stop()
    assert (reply.silence, time.monotonic() - began < 30, proc.alive(pid)) == (Silence.CLOSED, True, False)


@pytest.mark.server
def test_a_service_that_ends_after_its_watchdog_was_killed_is_seen(stage: Stage) -> None:
    """Nobody can say how it ended, and that is said."""
    instance = stage.start("waitress")
    (pid,) = instance.processes()
    watchdog = next(parent for parent, below in proc.children().items() if pid in below)
    os.kill(watchdog, signal.SIGKILL)
    assert eventually(lambda: not proc.alive(watchdog))
    instance.look()
    before = dict(stage.processes()).get("died", "")
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: stage.happened(instance, "died"))
    assert (before, dict(stage.processes())["died"]) == ("", "unseen, since its watchdog was killed before")
