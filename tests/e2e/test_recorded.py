"""What was seen at a running service becomes a file that fails while the defect lives, and passes once it is mended."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from harness.model.captures import Capture, SeenExchange
from harness.model.codec import from_json
from harness.model.exits import Exit
from harness.model.messages import Request
from tests.e2e.harness_run import ROOT, command
from tests.e2e.once import once

pytestmark = pytest.mark.server

DEFECT = {"SAMPLE_APP_DEFECT": "no-dedupe"}
MEANWHILE = "meanwhile.json"
"""The copy of a capture whose recording still goes on."""

LATE = 0.6
"""Seconds that the ledger takes for the first entry of a source that is called slow."""


class Ledger(BaseHTTPRequestHandler):
    """The real dependency: it confirms every entry, and is late with some; for ``down`` it fails."""

    protocol_version = "HTTP/1.1"
    sources: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        """Take an entry."""
        source = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["source"]
        late = source.startswith("slow") and source not in self.sources
        self.sources.add(source)
        time.sleep(LATE if late else 0.05)
        self._answer(500 if source == "down" else 201, b'{"id": "entry-of-the-real-ledger"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def ledger() -> Iterator[str]:
    """Return the address of a real ledger."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ledger)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _post(authority: str, key: str, source: str) -> int:
    """POST a batch; return the status."""
    connection = http.client.HTTPConnection(authority, timeout=10)
    body = json.dumps({"source": source, "values": [" alpha ", key]})
    headers = {"Content-Type": "application/json", "Idempotency-Key": key, "Authorization": "Bearer hunter2hunter2"}
    connection.request("POST", "/v1/batches", body=body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def _traffic(authority: str) -> list[int]:
    """Send an event; then one whose entry is late, and that again by a client that is impatient."""
    first = _post(authority, "order-0001", "crm")
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(_post, authority, "order-0002", "slow")
        time.sleep(0.2)
        again = threads.submit(_post, authority, "order-0002", "slow")
        return [first, slow.result(), again.result()]


@contextmanager
def _begun(*words: str, env: dict[str, str], said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in the background, its output in ``said``."""
    with said.open("wb") as out:
        whole = {**os.environ, "NO_COLOR": "1", **env}
        process = subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, env=whole, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)


def _until(word: str, said: Path, process: subprocess.Popen[bytes]) -> str:
    """Return the first line of the output that begins with ``word``."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        found = [line for line in said.read_text().splitlines() if line.startswith(word)]
        if found:
            return found[0]
        time.sleep(0.02)
    raise AssertionError(said.read_text())


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, ledger: str) -> Path:
    """Record the traffic to the broken sample app before a real ledger, until it is told to end; return the capture."""
    return once(tmp_path_factory, "recorded", lambda place: _recorded(place, ledger))


def _recorded(place: Path, ledger: str) -> Path:
    """Record the traffic into ``place``."""
    file, said = place / "capture.json", place / "said"
    words = ("harness", "record", "--out", str(file), "--forward", f"ledger={ledger}")
    with _begun(*words, env=DEFECT, said=said) as process:
        authority = _until("recording http://", said, process).split()[1].removeprefix("http://")
        assert _traffic(authority) == [201, 201, 201]
        shutil.copy(_whole(file), place / MEANWHILE)
        process.send_signal(signal.SIGTERM)  # as Ctrl-C does; SIGINT is ignored where whoever runs the tests ignores it
        assert (process.wait(30), f"{file}: 3 exchanges, 3 calls" in said.read_text()) == (Exit.PASS, True)
    return file


def _whole(file: Path) -> Path:
    """Return the file once all of the traffic is in it, while the recording still goes on."""
    end = time.monotonic() + 60
    while not file.exists() or len(from_json(Capture, file.read_text()).exchanges) < 3:
        assert time.monotonic() < end, "what was seen is nowhere while the recording goes on"
        time.sleep(0.05)
    return file


def _keyed(capture: Capture) -> dict[str, list[SeenExchange]]:
    """Return the exchanges by the key of their event."""
    found: dict[str, list[SeenExchange]] = {}
    for exchange in capture.exchanges:
        assert isinstance(exchange.message, Request)
        found.setdefault(dict(exchange.message.headers)["Idempotency-Key"], []).append(exchange)
    return found


def test_a_recording_holds_times_overlap_and_calls(recorded: Path) -> None:
    """Bytes and order are those of the traffic, each call is with its request, the late one took its time."""
    text = recorded.read_text()
    capture = from_json(Capture, text)
    keyed = _keyed(capture)
    assert {key: len(found) for key, found in keyed.items()} == {"order-0001": 1, "order-0002": 2}
    slow, again = keyed["order-0002"]
    assert slow.at < again.at < slow.at + slow.took
    assert slow.calls[0].took >= LATE > again.calls[0].took
    for exchange in capture.exchanges:
        (call,) = exchange.calls
        assert isinstance(exchange.message, Request)
        assert exchange.answer is not None
        assert call.answer is not None
        asked, entry, answered = (json.loads(m.body) for m in (exchange.message, call.request, exchange.answer))
        assert (call.dependency, entry["batch_id"], entry["source"]) == ("ledger", answered["id"], asked["source"])
        assert call.answer.body == b'{"id": "entry-of-the-real-ledger"}'
        assert any(exchange.name in line for line in exchange.log)
    assert "hunter2" not in text
    assert capture.losses == (
        "reference was played by the harness: its answers are the configured ones, not those of life",
    )


def test_a_recording_that_is_killed_leaves_what_had_ended(recorded: Path) -> None:
    """What lies there meanwhile, and is all that a SIGKILL leaves, holds the same exchanges and says that it went on."""
    killed, ended = (from_json(Capture, file.read_text()) for file in (recorded.with_name(MEANWHILE), recorded))
    assert [(e.at, e.took, len(e.calls)) for e in killed.exchanges] == [
        (e.at, e.took, len(e.calls)) for e in ended.exchanges
    ]
    assert killed.losses == ("the recording went on when this was written: what ended later is not here",)


def _made_and_replayed(capture: Path, place: Path) -> list[tuple[int, str]]:
    """Make an incident of a capture on the broken app, and replay it on the sound one; return how both ended."""
    into = place / "incidents"
    words = ("incident", "new", str(capture), "--check", "one-effect-per-event", "--name", "seen-twice")
    made = command(*words, "--into", str(into), "--out", str(place / "one"), "-q", env=DEFECT)
    replayed = command("replay", str(into), "--out", str(place / "two"), "-q")
    last = [ended.stdout.splitlines()[-1] for ended in (made, replayed)]
    return [(made.returncode, last[0].split(";")[0]), (replayed.returncode, last[1].split(":")[0])]


GUARDS = [(Exit.PASS, "it fails here"), (Exit.PASS, "mended")]
"""The incident is red where it was made, and green without its defect."""


def test_a_recording_becomes_an_incident_that_guards(recorded: Path, tmp_path: Path) -> None:
    """Red with the defect, green without it."""
    assert _made_and_replayed(recorded, tmp_path) == GUARDS


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def test_what_the_middleware_wrote_becomes_an_incident_that_guards(tmp_path: Path, ledger: str) -> None:
    """In production the ledger fails once, and the file of that tells of the event that was taken twice before it."""
    captures, said, port = tmp_path / "captures", tmp_path / "said", _free_port()
    env = {
        **DEFECT,
        "CAPTURES": str(captures),
        "LEDGER_URL": ledger,
        "REFERENCE_URL": "http://127.0.0.1:1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/app.sqlite",
    }
    served = ("gunicorn", "--workers", "1", "--threads", "4", "--no-control-socket", "--bind", f"127.0.0.1:{port}")
    with _begun(*served, "docs.examples.recorded.wsgi:application", env=env, said=said) as process:
        end = time.monotonic() + 30
        while not said.read_text().count("Booting worker"):
            assert time.monotonic() < end, said.read_text()
            time.sleep(0.02)
        sent = ("order-0001", "crm"), ("order-0001", "crm"), ("order-0002", "down")
        assert [_post(f"127.0.0.1:{port}", *each) for each in sent] == [201, 201, 503]
        while not list(captures.glob("*.json")):
            assert time.monotonic() < end, said.read_text()
            time.sleep(0.02)
        process.terminate()
        process.wait(10)
    (file,) = captures.glob("*.json")
    capture = from_json(Capture, file.read_text())
    answers = [exchange.answer.status for exchange in capture.exchanges if exchange.answer]
    assert (answers, "hunter2" in file.read_text()) == ([201, 201, 503], False)
    tries = [[call.answer.status for call in exchange.calls if call.answer] for exchange in capture.exchanges]
    assert tries == [[201], [201], [500, 500, 500]]
    assert {call.dependency for exchange in capture.exchanges for call in exchange.calls} == {"ledger"}
    assert _made_and_replayed(file, tmp_path) == GUARDS
