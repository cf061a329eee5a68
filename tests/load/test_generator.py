"""The generator as a whole: a process of its own against a real server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import psutil
import pytest

from harness.load import LoadGenerator, read_log, run_load
from harness.load.arrivals import arrivals
from harness.load.connections import Pool
from harness.load.job import Job
from harness.load.statistics import latency, measured, percentile
from harness.model.codec import to_json
from harness.model.errors import UsageError
from harness.model.events import LoadRan
from harness.model.identities import identity
from harness.model.messages import Request, placeholder
from harness.model.steps import Load, Part
from tests.load.scopes import MS
from tests.load.servers import answer, echo, serving

pytestmark = pytest.mark.server

STEP = Load(
    label="load",
    operation="create",
    message=Request(
        method="POST",
        target="/v1/batches",
        headers=(("Idempotency-Key", placeholder(1)),),
        body=b'{"values": [" alpha ", "", "beta"]}',
    ),
    rate=40,
    seconds=1.5,
    warmup=0.25,
    tokens=("alpha", "beta"),
    repeat=0.2,
    seed=3,
)


def load(authority: str, directory: Path, step: Load = STEP, timeout: float = 3.0) -> LoadRan:
    return run_load(step, case="c", salt="s", authority=authority, directory=directory, timeout=timeout)


def whole(planned: int, **other: object) -> LoadRan:
    ran = LoadRan(case="c", label="load", file="load-1.jsonl", planned=planned, sent=planned, answered=planned)
    return replace(ran, **other)  # type: ignore[arg-type]


def test_every_planned_request_is_sent_answered_and_logged(tmp_path: Path) -> None:
    """The log holds the timetable: each event with its identity and words, repeats byte for byte the same."""
    bodies: Counter[tuple[str, bytes]] = Counter()

    def noted(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        bodies[handler.headers["Idempotency-Key"], body] += 1
        echo(handler, body)

    parts: list[float] = []
    with serving(noted) as authority:
        ran = run_load(
            STEP, case="c", salt="s", authority=authority, directory=tmp_path, timeout=3.0, progress=parts.append
        )
    log = sorted(read_log(tmp_path / ran.file), key=lambda request: request.index)
    assert ran == whole(70)
    assert [(r.index, r.event, r.measured) for r in log] == [(a.index, a.event, a.measured) for a in arrivals(STEP)]
    assert {(r.identity, r.body.encode()): 0 for r in log}.keys() == bodies.keys()
    assert sum(bodies.values()) == 70
    assert len(bodies) == 58
    for request in log:
        first, second = request.tokens
        assert json.loads(request.body) == {"values": [f" {first} ", "", second]}
        assert request.identity == identity("s", "c", request.event)
        assert request.due <= request.sent <= request.done
    assert parts == sorted(parts)
    assert 0 <= parts[0] < parts[-1] <= 1


def test_latency_counts_from_the_due_time(tmp_path: Path) -> None:
    """A server that stalls once for a second delays some forty arrivals, and the percentiles say so.

    A closed loop would have sent one request into the stall and called the 99th percentile fast.
    """
    gate = threading.Lock()
    begun: list[float] = []

    def stalling(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        begun.append(time.monotonic())
        with gate:
            if len(begun) >= 40 and not stalled.is_set():
                stalled.set()
                time.sleep(1.0)
        echo(handler, body)

    stalled = threading.Event()
    with serving(stalling) as authority:
        ran = load(authority, tmp_path, replace(STEP, seconds=4.0))
    requests = measured(read_log(tmp_path / ran.file))
    taken = [latency(request) for request in requests]
    slow = [request.due for request in requests if latency(request) > 0.5]
    assert ran == whole(170)
    assert percentile(taken, 50) < 0.25
    assert percentile(taken, 99) > 0.9
    assert max(slow) - min(slow) > 250 * MS


def test_failures_are_written_down_as_what_they_are(tmp_path: Path) -> None:
    """A status, a closed connection, a cut answer and a hang, each under its own word."""
    acts = iter(range(1000))

    def failing(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        number = next(acts) % 4
        handler.close_connection = True
        if number == 0:
            answer(handler, 503, b"{}")
        elif number == 1:
            handler.wfile.write(b"HTTP/1.1 201 OK\r\nContent-Length: 100\r\n\r\nhalf")
        elif number == 2:
            handler.wfile.write(b"nonsense\r\n\r\n")
        else:
            time.sleep(1.0)

    with serving(failing) as authority:
        ran = load(authority, tmp_path, replace(STEP, rate=20, seconds=1, warmup=0), timeout=0.5)
    log = read_log(tmp_path / ran.file)
    assert ran == whole(20, answered=5)
    assert Counter((r.status, r.silence) for r in log) == {
        (503, ""): 5,
        (0, "cut"): 5,
        (0, "garbage"): 5,
        (0, "timeout"): 5,
    }


def test_a_dead_port_is_refused_and_logged(tmp_path: Path) -> None:
    """A service that is not there is silence, request by request, never an empty log."""
    with serving(echo) as authority:
        pass
    ran = load(authority, tmp_path, replace(STEP, seconds=0.5, warmup=0))
    assert ran == whole(20, answered=0)
    assert {r.silence for r in read_log(tmp_path / ran.file)} == {"refused"}


def test_secrets_in_answers_are_never_written(tmp_path: Path) -> None:
    """Redaction happens before the log is written."""
    with serving(lambda handler, _: answer(handler, 201, b'{"password": "hunter2", "code": "c0de"}')) as authority:
        ran = run_load(
            replace(STEP, seconds=0.2, warmup=0),
            case="c",
            salt="s",
            authority=authority,
            directory=tmp_path,
            timeout=3.0,
            secrets=("code",),
        )
    assert {r.body for r in read_log(tmp_path / ran.file)} == {'{"password": "[redacted]", "code": "[redacted]"}'}


def test_tokens_that_cannot_tell_the_events_apart_are_refused(tmp_path: Path) -> None:
    """Two letters serve 225 words; a load of more events is refused before anything is sent."""
    step = replace(STEP, tokens=("be",), seconds=10)
    with pytest.raises(UsageError, match="a load of 330 events needs longer tokens than 'be'"):
        load("127.0.0.1:1", tmp_path, step)


def test_one_generator_serves_many_loads(tmp_path: Path) -> None:
    """The second load goes to the process of the first; after the end none is left."""
    short = replace(STEP, seconds=0.25, warmup=0, repeat=0.0)

    def run(generator: LoadGenerator, authority: str) -> tuple[LoadRan, list[int]]:
        ran = generator.run(short, case="c", salt="s", authority=authority, directory=tmp_path, timeout=3.0)
        return ran, generators()

    with serving(echo) as authority, LoadGenerator() as generator:
        (first, alive), (second, still) = run(generator, authority), run(generator, authority)
    assert (first, second) == (whole(10), whole(10, file="load-2.jsonl"))
    assert (len(alive), still, generators()) == (1, alive, [])


def generators() -> list[int]:
    return [c.pid for c in psutil.Process(os.getpid()).children() if "harness.load.generator" in c.cmdline()]


def test_reads_ask_for_what_was_stored_and_slow_clients_never_finish(tmp_path: Path) -> None:
    """A read carries the event that it reads and is answered; two slow clients hold a request each until the end."""
    read = Part(
        label="read",
        share=0.5,
        operation="create",
        message=Request(method="POST", target="/read/{answer.values}", headers=(("Content-Length", "0"),)),
        reads=True,
    )
    step = replace(STEP, seconds=0.5, warmup=0.25, repeat=0.0, parts=(read,), slow=2)
    with serving(echo) as authority:
        ran = load(authority, tmp_path, step)
    log = read_log(tmp_path / ran.file)
    by_part = {part: [r for r in log if r.part == part] for part in ("", "read", "slow")}
    events = {request.event for request in by_part[""]}
    assert ran == whole(32, answered=30)
    assert {part: len(requests) for part, requests in by_part.items()} == {"": 20, "read": 10, "slow": 2}
    assert all(request.event in events and request.status == 201 for request in by_part["read"])
    assert {(request.status, request.silence, request.measured) for request in by_part["slow"]} == {(0, "left", False)}


def started(directory: Path, authority: str) -> subprocess.Popen[bytes]:
    """Start the generator by hand on a load of a minute."""
    log = directory / "load-1.jsonl"
    job = Job(step=replace(STEP, seconds=60), case="c", salt="s", authority=authority, log=str(log), timeout=3.0)
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.load.generator"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(to_json(job).encode() + b"\n")
    process.stdin.flush()
    bound = time.monotonic() + 20
    while time.monotonic() < bound and not (log.exists() and log.read_bytes().count(b"\n") > 5):
        time.sleep(0.02)
    return process


def test_a_signal_ends_the_load_and_keeps_its_log(tmp_path: Path) -> None:
    """SIGTERM: no further request, and the trailer says why."""
    with serving(echo) as authority:
        process = started(tmp_path, authority)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    last = json.loads((tmp_path / "load-1.jsonl").read_text().splitlines()[-1])
    log = read_log(tmp_path / "load-1.jsonl")
    assert process.returncode == 0
    assert (last["trouble"], last["planned"], last["sent"]) == ("stopped by a signal", 2410, len(log))
    assert 5 < len(log) < 2410


def test_the_generator_ends_when_the_harness_is_gone(tmp_path: Path) -> None:
    """The pipe on standard input is the lifeline: its end is the end of the load."""
    with serving(echo) as authority:
        process = started(tmp_path, authority)
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        process.communicate(timeout=10)
    last = json.loads((tmp_path / "load-1.jsonl").read_text().splitlines()[-1])
    assert (process.returncode, last["trouble"]) == (0, "the harness went away")


def test_a_generator_that_is_killed_is_told(tmp_path: Path) -> None:
    """What it sent stays counted, and the trouble says how it ended: a cut log is no whole load."""

    def murder() -> None:
        bound = time.monotonic() + 20
        log = tmp_path / "load-1.jsonl"
        while time.monotonic() < bound and not (log.exists() and log.read_bytes().count(b"\n") > 5):
            time.sleep(0.02)
        for child in psutil.Process(os.getpid()).children():
            if "harness.load.generator" in child.cmdline():
                child.kill()

    killer = threading.Thread(target=murder)
    with serving(echo) as authority:
        killer.start()
        ran = load(authority, tmp_path, replace(STEP, seconds=30))
        killer.join()
    log = read_log(tmp_path / ran.file)
    assert ran == whole(
        1210,
        sent=len(log),
        answered=len(log),
        trouble="the generator ended with exit status -9: it said nothing",
    )


def kill_the_first() -> None:
    """Kill the first generator that this process starts, long before its imports are done."""
    bound = time.monotonic() + 20
    while time.monotonic() < bound and not (alive := generators()):
        time.sleep(0.001)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def test_a_generator_that_is_killed_at_once_sent_nothing(tmp_path: Path) -> None:
    """Its load is empty and stays so: the log of the next load has another name, and is not read for this one."""
    with serving(echo) as authority, LoadGenerator() as generator:
        killer = threading.Thread(target=kill_the_first)
        killer.start()
        dead = generator.run(STEP, case="c", salt="s", authority=authority, directory=tmp_path, timeout=3.0)
        killer.join()
        alive = generator.run(STEP, case="c", salt="s", authority=authority, directory=tmp_path, timeout=3.0)
    ended = "the generator ended with exit status -9: it said nothing"
    assert dead == whole(alive.planned, sent=0, answered=0, trouble=ended)
    assert alive == whole(alive.planned, file="load-2.jsonl")
    assert read_log(tmp_path / dead.file) == ()


def test_an_interrupted_harness_leaves_no_generator(tmp_path: Path) -> None:
    """Whatever ends the call, here an interrupt in its progress, ends the generator too."""

    def interrupted(part: float) -> None:
        if part > 0:
            raise KeyboardInterrupt

    with serving(echo) as authority, pytest.raises(KeyboardInterrupt):
        run_load(
            replace(STEP, seconds=30),
            case="c",
            salt="s",
            authority=authority,
            directory=tmp_path,
            timeout=3.0,
            progress=interrupted,
        )
    children = psutil.Process(os.getpid()).children()
    assert [child for child in children if "harness.load.generator" in child.cmdline()] == []


def test_an_idle_connection_that_the_server_closed_is_not_used() -> None:
    """The pool looks before it sends, so a close between two requests costs no request."""

    def once(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        echo(handler, body)
        handler.close_connection = True

    request = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
    with serving(once) as authority:
        pool = Pool(authority)
        statuses = []
        for _ in range(3):
            statuses.append(pool.exchange(request, 2.0).status)
            time.sleep(0.05)  # the close is on its way: the request after it must not meet it
        pool.close()
    assert statuses == [201, 201, 201]
