"""What the service tells of itself: logs, metrics, readiness, and a graceful end."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sample_app import create_app
from sample_app.metrics import SHARED
from sample_app.settings import SettingsError
from tests.sample_app.clients import BATCH, InProcess, Reply, at_once, post
from tests.sample_app.ledger import Ledger, slow
from tests.sample_app.server import Server, exchange

LogLines = Callable[[], list[dict[str, object]]]
Serve = Callable[..., Server]
Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]
VALID = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def numbers(text: str) -> Numbers:
    """Read counters by name and labels, those that never moved left out."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {
        (sample.name.removeprefix("sample_app_"), tuple(sorted(sample.labels.items()))): sample.value
        for sample in samples
        if sample.name.endswith("_total") and sample.value
    }


def test_a_line_a_stage_at_debug_level(environ: dict[str, str]) -> None:
    """Each stage leaves one line with the request's id, in order; the terminal line comes last."""
    log = io.StringIO()
    client = InProcess(create_app({**environ, "SAMPLE_APP_LOG_LEVEL": "debug"}, log=log))
    client.post(BATCH, X_Request_Id="r-1")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    rows = [(line["event"], line["stage"], line["request_id"]) for line in lines]
    stages = ["ingress", "parse", "validate", "transform", "persist", "emit", "complete"]
    assert rows == [*(("stage", stage, "r-1") for stage in stages), ("request", "answer", "r-1")]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (VALID, VALID),
        ("", None),
        (VALID.upper(), None),
        (VALID + "-00", None),
        ("ff" + VALID[2:], None),
        ("00-" + "0" * 32 + "-b7ad6b7169203331-01", None),
        ("00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01", None),
    ],
)
def test_only_a_valid_traceparent_is_kept(sent: str, kept: str | None, client: InProcess, log_lines: LogLines) -> None:
    """The terminal line has the trace that the request belongs to, when the header says one in the standard's form."""
    client.get("/healthz", traceparent=sent)
    assert [line["traceparent"] for line in log_lines()] == [kept]


@pytest.mark.parametrize("directory", ["", "/no/such/directory"])
def test_counters_without_a_place_are_told_at_the_start(directory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shared directory that is not there is refused when the app is made, and not with a 500 to every request."""
    monkeypatch.setenv(SHARED, directory)
    with pytest.raises(SettingsError, match=f"^{SHARED}='{directory}': expected an empty directory"):
        create_app({})


def test_why_the_storage_failed_is_in_the_log(client: InProcess, environ: dict[str, str], log_lines: LogLines) -> None:
    """The caller is told to try again; whoever runs the service is told why, under the request's id, without data."""
    client.post(BATCH, key="warm")
    with closing(sqlite3.connect(environ["DATABASE_URL"].removeprefix("sqlite:///"))) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert client.post(BATCH, X_Request_Id="r-1").problem == (503, "storage-unavailable")
    told = [(line["event"], line["level"], line.get("detail")) for line in log_lines() if line["request_id"] == "r-1"]
    assert told == [
        ("storage-unavailable", "warning", "OperationalError SQLITE_BUSY"),
        ("request", "info", None),
    ]


def test_every_request_is_counted_once(client: InProcess) -> None:
    """Accepted + rejected + failed = received, each problem by its slug, each duplicate by what it got."""
    client.post(BATCH)
    client.post(BATCH)
    client.post({"source": "crm", "values": ["x"]})
    client.post({"source": 1})
    client.post(b"{", key="k-2")
    client.get("/nowhere")
    batches = "/v1/batches"
    assert numbers(client.get("/metrics").body.decode()) == {
        ("requests_total", (("outcome", "accepted"), ("route", batches))): 2,
        ("requests_total", (("outcome", "rejected"), ("route", batches))): 3,
        ("requests_total", (("outcome", "rejected"), ("route", "none"))): 1,
        ("problems_total", (("problem", "idempotency-key-reused"), ("route", batches))): 1,
        ("problems_total", (("problem", "validation"), ("route", batches))): 1,
        ("problems_total", (("problem", "json-invalid"), ("route", batches))): 1,
        ("problems_total", (("problem", "not-found"), ("route", "none"))): 1,
        ("duplicates_total", (("kind", "replay"),)): 1,
        ("duplicates_total", (("kind", "other-body"),)): 1,
        ("dependency_calls_total", (("dependency", "ledger"), ("outcome", "confirmed"))): 1,
        ("items_total", (("outcome", "accepted"),)): 2,
        ("items_total", (("outcome", "rejected"),)): 1,
    }


@pytest.mark.server
def test_the_numbers_are_right_with_several_workers(serve: Serve, tmp_path: Path) -> None:
    """Whichever worker is asked tells the sum of all, also of those that died."""
    directory = tmp_path / "metrics"
    directory.mkdir()
    server = serve(PROMETHEUS_MULTIPROC_DIR=str(directory))
    at_once(8, lambda nth: post(server.port, BATCH, f"k-{nth}"))
    server.kill_workers()
    again = [post_until_answered(server, f"k-{nth}") for nth in range(8)]
    assert [reply.status for reply in again] == [201] * 8
    told = [numbers(page(server, "/metrics")) for _ in range(6)]
    batches = ("requests_total", (("outcome", "accepted"), ("route", "/v1/batches")))
    assert [seen[batches] for seen in told] == [16] * 6
    assert [seen["duplicates_total", (("kind", "replay"),)] for seen in told] == [8] * 6


def post_until_answered(server: Server, key: str) -> Reply:
    """Post again until a new worker is up."""
    for _ in range(50):
        try:
            return post(server.port, BATCH, key)
        except OSError:
            continue
    raise AssertionError(server.log.read_text())


def page(server: Server, path: str) -> str:
    """Read a page over the wire."""
    raw = exchange(server.port, f"GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".encode())
    return raw.partition(b"\r\n\r\n")[2].decode()


def test_ready_says_what_is_wrong(environ: dict[str, str], tmp_path: Path) -> None:
    """With its database the app is ready; without, it is not, says so, and still lives."""
    ready = InProcess(create_app(environ)).get("/readyz")
    assert (ready.status, ready.json["status"], ready.json["checks"]["database"]) == (200, "ready", "ok")
    lost = InProcess(create_app({**environ, "DATABASE_URL": f"sqlite:///{tmp_path}/no/such.db"}))
    reply = lost.get("/readyz")
    assert (reply.status, reply.json["status"]) == (503, "not-ready")
    assert reply.json["checks"]["database"].startswith("unavailable: ")
    assert lost.get("/healthz").status == 200


@pytest.mark.server
def test_a_graceful_stop_finishes_what_is_in_flight(serve: Serve, ledger: Ledger) -> None:
    """SIGTERM while the ledger is slow: the request in flight gets its 201, the effect is one, the exit code is 0."""
    ledger.behave = slow(0.3)
    server = serve()
    replies: list[Reply] = []
    caller = threading.Thread(target=lambda: replies.append(post(server.port, BATCH, "k-1")))
    caller.start()
    for _ in range(1000):
        if ledger.calls:
            break
        threading.Event().wait(0.005)
    os.kill(server.process.pid, signal.SIGTERM)
    caller.join(10)
    assert (server.process.wait(10), [reply.status for reply in replies], len(ledger.effects())) == (0, [201], 1)
