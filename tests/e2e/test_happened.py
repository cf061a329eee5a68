"""Something that happened, in any format, becomes an incident where it shows a finding; never where it shows nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.exchange.capture_files import write_capture
from harness.incident.reading import load_incident
from harness.model.captures import Capture, SeenCall, SeenExchange
from harness.model.exits import Exit
from harness.model.faults import Landed
from harness.model.messages import Answer, Request, Silence
from tests.e2e.harness_run import ROOT, command

pytestmark = pytest.mark.server

BODY = b'{"source": "crm", "values": ["one yellow lamp"]}'
SENT = Request(
    method="POST",
    target="/v1/batches",
    headers=(("Host", "shop.example"), ("Content-Type", "application/json"), ("Idempotency-Key", "order-4711")),
    body=BODY,
)
TIMED_OUT = SeenCall(
    dependency="ledger",
    request=Request(method="POST", target="/entries", body=b"{}"),
    silence=Silence.TIMEOUT,
    at=0.02,
    took=1.2,
)
JSON, KEY = "-H 'Content-Type: application/json'", "-H 'Idempotency-Key: order-4711'"
CURL = f"curl https://shop.example/v1/batches {JSON} {KEY} --data-raw '{BODY.decode()}'\n"


def test_what_timed_out_at_a_dependency_shows_what_was_made_of_it(tmp_path: Path) -> None:
    """The call goes unanswered again, with its effect and without; the worst finding is kept, and nothing made up."""
    file = tmp_path / "seen.json"
    exchange = SeenExchange(name="7f3a", message=SENT, answer=Answer(status=201), took=1.3, calls=(TIMED_OUT,))
    file.write_text(write_capture(Capture(source="middleware", exchanges=(exchange,))))
    done = command(
        *("incident", "new", str(file), "--name", "lost-entry", "--into", str(tmp_path), "-q"),
        *("--out", str(tmp_path / "run")),
        env={"SAMPLE_APP_DEFECT": "timeout-as-success"},
    )
    assert done.returncode == Exit.PASS, done.stdout + done.stderr
    incident = load_incident(tmp_path / "lost-entry.json")
    (fault,) = incident.case.faults()
    assert (incident.shows.check, incident.shows.symptom) == ("success-means-effect", "success without effect")
    assert (fault.kind, fault.call, fault.landed) == ("no-answer", "POST /entries", Landed.NONE)
    assert "lost: whether the effects of calls without an answer landed was not seen" in done.stdout


ODD = f"""
curl http://h/v1/batches {KEY} {JSON} -d '{{"source": 7, "values": [null]}}'
curl http://h/v1/batches {KEY} {JSON} -d '{{"source": "crm", "values": []}}'
curl http://h/v1/batches {KEY} {JSON} -d '{{"source": "crm", "values": []}}'
curl http://h/v2/batches {KEY} -d 'not json'
"""
"""Refused, accepted with nothing to book, the same again, refused: each of it right."""


def test_what_a_correct_service_does_with_odd_requests_is_no_finding(tmp_path: Path) -> None:
    """Nobody knows whether such a message is to be accepted, or what it is to do: nothing is held against it."""
    (tmp_path / "odd.sh").write_text(ODD)
    done = command("incident", "new", str(tmp_path / "odd.sh"), "-q", "--out", str(tmp_path / "run"))
    assert done.returncode == Exit.UNKNOWN, done.stdout
    assert "nothing is written: 4 request(s), sent again in 2 case(s), and nothing was found" in done.stdout


def test_where_nothing_is_shown_nothing_is_written_and_it_says_what_now(tmp_path: Path) -> None:
    """Several files of several formats are one capture; the service of today does it right."""
    files = {"one.txt": CURL, "two.log": json.dumps({"method": "POST", "path": "/v2/batches", "status": 500}) + "\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    done = command(
        *("incident", "new", *(str(tmp_path / name) for name in files), "-q", "--out", str(tmp_path / "run"))
    )
    assert (done.returncode, done.stderr) == (Exit.UNKNOWN, "")
    *lost, written, now = done.stdout.splitlines()[-6:]
    assert lost == [
        "lost: the log holds no headers of line-1",
        "lost: the log holds no body of line-1",
        "lost: the headers of 'line-1': not seen, so what the example of create_batch_v2 has stands there",
        "lost: the body of 'line-1': not seen, so what the example of create_batch_v2 has stands there",
    ]
    assert written == "nothing is written: 2 request(s), sent again in 1 case(s), and nothing was found"
    assert now.startswith("what now: say in the configuration what must hold")
    assert not (tmp_path / "run" / "incidents").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("cut.har",), "cut.har:1:19: the file is no whole JSON: save it again"),
        (
            ("none.log",),
            "none.log: no such file; name a file of curl lines, HAR, a cassette, raw HTTP, JSON log lines, or a capture",
        ),
        (("elsewhere.txt",), "'request-1' asks for GET /v9, which is none of the operations: create_batch ("),
        (("good.txt", "--check", "one-effect-per-evnt"), "did you mean 'one-effect-per-event'?"),
        (("good.txt", "--name", "../x"), "is no name of a file"),
        (("good.txt", "--field", "verb=x"), "expected WHAT=MEMBER, with WHAT one of request_id, method"),
    ],
)
def test_what_is_wrong_ends_before_anything_is_started(words: tuple[str, ...], told: str, tmp_path: Path) -> None:
    """Exit code 2, with the file and its place; no run directory, no service."""
    (tmp_path / "cut.har").write_text('{"log": {"version"')
    (tmp_path / "elsewhere.txt").write_text("curl http://h/v9\n")
    (tmp_path / "good.txt").write_text(CURL)
    config = str(ROOT / "harness.yaml")
    done = command("incident", "new", *words, "--config", config, "--out", "run", directory=tmp_path)
    assert (done.returncode, done.stdout, (tmp_path / "run").exists()) == (Exit.USAGE, "", False)
    assert told in done.stderr
    assert "Traceback" not in done.stderr
