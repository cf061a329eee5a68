"""What the middleware costs a service: the sample app with it and without it, request by request, in turns.

A request is a POST through WSGI that ends in a real call to a ledger, which is a process of its own: its CPU does not
count. The recorded variant also watches that call. The two take turns for each few requests, as a ratio of a few
percent asks for more than rounds that lie a second apart.
"""

from __future__ import annotations

import gc
import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from harness.middleware import Recorder, watched
from harness.middleware.ring import AT_WORK
from sample_app import create_app
from sample_app.outbound import deadline
from tests.bench.layers import environ_of, note
from tests.bench.pairs import Act, cost, ratio
from tests.prove.rows import Row

ROUNDS, TURNS, EACH = 25, 40, 2
MOST = 1.05
"""How many times the CPU of a request without the middleware one with it may cost at most."""

LEDGER = """
import socket, sys, threading
ANSWER = b'HTTP/1.1 201 Created\\r\\nContent-Type: application/json\\r\\nContent-Length: 10\\r\\n\\r\\n{"id":"a"}'
def serve(connection):
    with connection:
        data = b""
        while b"}" not in data:
            data += connection.recv(65536)
        connection.sendall(ANSWER)
listening = socket.create_server(("127.0.0.1", 0), backlog=128)
print(listening.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
"""
"""A ledger that confirms every entry: its body is the first JSON object that comes."""


def measured() -> list[Row]:
    """Measure requests with and without, and what it costs to write a capture."""
    with tempfile.TemporaryDirectory() as home, ledger() as url:
        environ = {"DATABASE_URL": f"sqlite:///{home}/a.db", "LEDGER_URL": url, "SAMPLE_APP_LOG_LEVEL": "error"}
        app = create_app(environ).wsgi_app
        recorder = Recorder(app, Path(home) / "captures")
        seconds = turns({"plain": posting(app, watching=False), "recorded": posting(recorder, watching=True)})
        compared = ratio("a request recorded against one that is not", seconds["recorded"], seconds["plain"])
        return [
            cost("a request that is not recorded", seconds["plain"]),
            cost("a request that is recorded", seconds["recorded"]),
            replace(compared, bound=f"at most {MOST}", holds=compared.value <= MOST),
            written(recorder),
        ]


@contextmanager
def ledger() -> Iterator[str]:
    """Start a ledger in a process of its own, and yield its address."""
    with subprocess.Popen([sys.executable, "-c", LEDGER], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def posting(app: Any, *, watching: bool) -> Act:
    """Make the act of POSTing fresh batches; the sample app makes its connections of the class that stands there."""
    numbers, plain = itertools.count(), deadline.DeadlineConnection
    chosen = watched(plain) if watching else plain

    def act(times: int) -> None:
        deadline.DeadlineConnection = chosen  # type: ignore[misc]
        try:
            for _ in range(times):
                statuses: list[str] = []
                answer = app(environ_of(f"k-{id(numbers)}-{next(numbers)}"), partial(note, statuses))
                b"".join(answer)
                answer.close()
                if statuses != ["201 CREATED"]:
                    raise AssertionError(statuses)
        finally:
            deadline.DeadlineConnection = plain  # type: ignore[misc]

    return act


def turns(variants: Mapping[str, Act]) -> Mapping[str, list[float]]:
    """Return the CPU seconds for one act, for each variant and round; in a round they take turns, one round warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in variants}
    for index in range(ROUNDS + 1):
        spent = dict.fromkeys(variants, 0.0)
        gc.collect()
        for turn in range(TURNS):
            for name in list(variants)[:: 1 if turn % 2 else -1]:
                began = time.process_time()
                variants[name](EACH)
                spent[name] += time.process_time() - began
        for name, took in spent.items():
            if index:
                seconds[name].append(took / TURNS / EACH)
    return seconds


def written(recorder: Recorder) -> Row:
    """Tell what a capture of 64 requests costs the thread that writes it, once what it needs was imported."""
    seconds: list[float] = []
    AT_WORK.set(None)
    for index in range(ROUNDS + 1):
        began = time.process_time()
        if recorder.write() is None:
            raise AssertionError(recorder.counts)
        if index:
            seconds.append(time.process_time() - began)
    return cost("writing a capture of 64 requests, aside", seconds)
