"""The WSGI lane: the application in a child process, reached without a server."""

from __future__ import annotations

import json
import threading
import time

import pytest

from harness.model.messages import Answer, Chunk, Request, Silence, Wire
from harness.model.services import Route
from harness.targets.agent import environ
from harness.targets.instance import Capability

from .conftest import Stage, eventually

pytestmark = pytest.mark.server


def test_request_and_answer(stage: Stage) -> None:
    """A request arrives with the headers that a client adds; the answer comes back whole."""
    instance = stage.start("wsgi", app="plain:create_app(name='x')")
    request = Request(method="POST", target="/ec%68o?a=%20", headers=(("X-Test", "1"), ("x-test", "2")), body=b"\xff")
    (answer,) = instance.connect(1).exchange(request, timeout=5).answers
    wanted = {"REQUEST_METHOD": "POST", "PATH_INFO": "/echo", "QUERY_STRING": "a=%20", "CONTENT_LENGTH": "1",
              "HTTP_HOST": "localhost", "HTTP_X_TEST": "1,2", "body": "\xff"}  # fmt: skip
    assert (json.loads(answer.body), answer.status, answer.reason, answer.complete) == (wanted, 200, "OK", True)
    assert instance.capabilities == {Capability.CONCURRENT, Capability.RESOURCES, Capability.RESTART}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/boom", (500, b"Internal Server Error", True)),
        ("/half", (200, b"half", False)),
        ("/nowhere", (404, b'"no such route"', True)),
    ],
)
def test_what_the_application_raises(stage: Stage, path: str, wanted: tuple[int, bytes, bool]) -> None:
    """An exception is a 500, after the first bytes a cut answer; the traceback goes to the log."""
    instance = stage.start("wsgi")
    (answer,) = instance.connect(1).exchange(Request(method="GET", target=path), timeout=5).answers
    instance.read_log()
    assert (answer.status, answer.body, answer.complete) == wanted
    assert ("RuntimeError: planted" in stage.lines("stderr")) == (path != "/nowhere")


def test_prints_do_not_disturb(stage: Stage) -> None:
    """What the application prints goes to its log, not into the conversation."""
    instance = stage.start("wsgi")
    answer = instance.fetch(Route(method="GET", path="/speak?x"), 5)
    instance.read_log()
    assert (answer is not None and answer.body, stage.lines("stdout")) == (b'"said"', ["out: x"])


def test_requests_run_side_by_side(stage: Stage) -> None:
    """Eight slow requests take about as long as one."""
    instance = stage.start("wsgi")
    start = time.monotonic()
    found: list[int] = []

    def work() -> None:
        reply = instance.connect(1).exchange(Request(method="GET", target="/slow?0.3"), timeout=5)
        found.append(reply.answers[0].status)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, time.monotonic() - start < 1.5) == ([200] * 8, True)


@pytest.mark.parametrize(("timeout", "leave", "silence"), [(0.1, None, Silence.TIMEOUT), (5.0, 0.1, Silence.ABANDONED)])
def test_leaving_before_the_answer(stage: Stage, timeout: float, leave: float | None, silence: Silence) -> None:
    """The client can leave; the application works on, and that is seen until it is done."""
    instance = stage.start("wsgi")
    line = instance.connect(1)
    reply = line.exchange(Request(method="GET", target="/slow?0.4"), timeout=timeout, give_up_after=leave)
    still = instance.still_open([line.local_port])
    assert (reply.silence, reply.answers, still, line.usable) == (silence, (), (line.local_port,), False)
    assert eventually(lambda: instance.still_open([line.local_port]) == ())


def test_a_process_that_dies(stage: Stage) -> None:
    """The death of the process ends the exchange and every later one, and is recorded."""
    instance = stage.start("wsgi")
    replies = [instance.connect(1).exchange(Request(method="GET", target="/die"), timeout=5) for _ in range(2)]
    assert eventually(lambda: stage.happened(instance, "died"))
    assert [reply.silence for reply in replies] == [Silence.CLOSED, Silence.CLOSED]


def test_exact_bytes_are_refused(stage: Stage) -> None:
    """There is no wire in this lane, and that is said."""
    with pytest.raises(TypeError, match="need a real server"):
        stage.start("wsgi").connect(1).exchange(Wire(chunks=(Chunk(data=b"x"),)), timeout=1)


def test_big_bodies_are_clipped(stage: Stage) -> None:
    """Of a body beyond 1 MiB the first is kept; the answer is complete all the same."""
    answer = stage.start("wsgi").fetch(Route(method="GET", path="/big?3000000"), 5)
    assert isinstance(answer, Answer)
    assert (len(answer.body), answer.clipped, answer.complete) == (1 << 20, True, True)


def test_environ_drops_ambiguous_names() -> None:
    """A name with an underscore would merge with its twin with a hyphen: it is dropped, as servers do."""
    request = {"method": "GET", "target": "/", "body": "", "headers": [["X_A", "bad"], ["X-A", "good"]]}
    found = environ(request)
    assert {key: value for key, value in found.items() if key.startswith("HTTP_")} == {"HTTP_X_A": "good"}
