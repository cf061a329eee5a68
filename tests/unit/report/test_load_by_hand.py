"""The loop that sends by hand what a load sent, run in a real shell with a stand-in for curl."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

from harness.model.messages import Request, placeholder
from harness.model.steps import KillWorker, Load, Meanwhile, Part, Surge, TellToStop
from harness.report.beside import beside
from harness.report.byhand import load_by_hand, setup

LOAD = Load(
    label="load",
    operation="create",
    message=Request(
        method="POST",
        target="/v1/batches",
        headers=(("Content-Type", "application/json"), ("Idempotency-Key", placeholder(1))),
        body=b'{"values": [" alpha ", "it\'s", "beta"]}',
    ),
    rate=200,
    seconds=0.05,
    tokens=("alpha", "beta"),
)


def _run(load: Load, tmp_path: Path) -> list[list[str]]:
    """Run the loop with a curl that writes its arguments down, a file each; return them by request."""
    tool = tmp_path / "curl"
    tool.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$OUT/$$"\n')
    tool.chmod(0o755)
    (tmp_path / "out").mkdir()
    line = load_by_hand(load, ()).line
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "OUT": str(tmp_path / "out")}
    subprocess.run(["sh", "-c", "\n".join((*setup((line,)), line))], env=env, check=True, timeout=60)
    return sorted(file.read_text().splitlines() for file in (tmp_path / "out").iterdir())


def test_each_request_has_an_identity_and_words_of_its_own(tmp_path: Path) -> None:
    """Ten requests: the same route, ten keys, ten bodies that differ in their words alone."""
    sent = _run(LOAD, tmp_path)
    keys = {line for words in sent for line in words if line.startswith("Idempotency-Key: ")}
    bodies = {words[-1] for words in sent}
    assert (len(sent), len(keys)) == (10, 10)
    assert bodies == {f'{{"values": [" w{n}x0 ", "it\'s", "w{n}x1"]}}' for n in range(1, 11)}
    assert {words[3] for words in sent} == {"http://127.0.0.1:8000/v1/batches"}


def test_repeated_events_are_repeated_by_hand(tmp_path: Path) -> None:
    """A fifth of repeats makes every fifth request a pair with one key and one body."""
    sent = _run(replace(LOAD, repeat=0.2), tmp_path)
    assert (len(sent), len({tuple(words) for words in sent})) == (12, 10)


def test_what_curl_cannot_say_has_no_loop() -> None:
    """A header that curl treats in its own way is not sent wrongly by hand."""
    message = Request(method="POST", target="/", headers=(("Host", "x"),))
    load = Load(label="l", operation="o", message=message, rate=1, seconds=1)
    assert load_by_hand(load, ()).line == ""


def test_what_a_loop_does_not_do_is_told_beside_it() -> None:
    """Kills, other messages, volleys, slow clients and surges stand as comments; a load that is its loop has none."""
    assert beside(LOAD) == ()
    part = Part(label="cut body", share=0.1, operation="create", message=LOAD.message)
    load = replace(
        LOAD,
        meanwhile=(Meanwhile(at=0.5, act=KillWorker()), Meanwhile(at=2, act=TellToStop())),
        parts=(part,),
        volley=3,
        slow=8,
        surge=Surge(at=1, seconds=2, factor=10),
    )
    assert beside(load) == (
        "# 0.5 s after the first request: kill -9 one worker process of the service",
        "# 2 s after the first request: kill -TERM the service",
        "# 10% of the requests are another message: cut body",
        "# always 3 requests at the same instant",
        "# beside them 8 clients that send a request byte by byte and never finish it",
        "# 1 s after the warm-up, for 2 s: 10 times as many",
    )
