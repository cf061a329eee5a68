"""Files of every kind that an incident can be or be made of, damaged at random, and what became of reading each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from harness.config import load_configuration
from harness.exchange.capture_files import read_capture, write_capture
from harness.exchange.documents import Source
from harness.exchange.formats import INCIDENT, read
from harness.exchange.har import read_har
from harness.exchange.har_written import write_har
from harness.exchange.vcr import write_vcr
from harness.incident.from_capture import cases_of
from harness.incident.reading import incident_of
from harness.incident.written import written
from harness.model.canonical import canonical
from harness.model.captures import Capture, SeenCall, SeenExchange
from harness.model.cases import Case
from harness.model.codec import from_json
from harness.model.errors import ScenarioError
from harness.model.messages import Answer, Chunk, Request, Silence, Wire
from harness.replay.replaying import replay_plan
from harness.report.byhand import script
from tests.prove.rows import ROOT
from tests.unit.incident.test_incident_files import TAKEN

PATIENCE = 5.0
"""Seconds of the processor after which a file counts as one that hangs its reader."""

CONFIGURATION = load_configuration(ROOT / "harness.yaml")
KEY = ("Idempotency-Key", "order-4711")
POST = Request(
    method="POST",
    target="/v1/batches",
    headers=(("Host", "shop.example"), ("Content-Type", "application/json"), KEY),
    body='{"source": "crm", "values": ["ä", ""]}'.encode(),
)
SEEN = Capture(
    source="middleware",
    taken="2026-11-20T09:14:03+00:00",
    exchanges=(
        SeenExchange(
            name="r-1",
            message=POST,
            answer=Answer(status=500, headers=(("A", "b"),), body=b"\xff"),
            took=0.5,
            calls=(
                SeenCall(
                    dependency="ledger",
                    request=Request(method="POST", target="/entries", body=b"{}"),
                    silence=Silence.TIMEOUT,
                    took=0.4,
                ),
            ),
            log=('{"request_id": "r-1"}',),
        ),
        SeenExchange(name="r-2", message=POST, at=0.25, took=0.5),
        SeenExchange(name="r-3", message=Wire(chunks=(Chunk(data=b"POST /v1/batches HTTP/1.1\r\n", pause=0.1),))),
    ),
)
LOG = "".join(
    json.dumps(line) + "\n"
    for line in (
        {"time": 1763629443.6, "event": "exception", "request_id": "r-1", "traceback": "..."},
        {"time": 1763629443.62, "request_id": "r-1", "method": "POST", "route": "/v1/batches", "status": 500},
        {
            "timestamp": "2026-11-20T09:14:03.640Z",
            "request_id": "r-2",
            "method": "POST",
            "path": "/v1/batches?x=%20",
            "headers": {"Idempotency-Key": ["a", "b"]},
            "body": {"source": None},
            "status": "201",
            "latency_ms": 12.5,
        },
    )
)
CURL = """# twice
SUT=http://127.0.0.1:8000
EVENT_1=$(python3 -c 'import uuid; print(uuid.uuid4())')
curl -sS "$SUT/v1/batches" -H "Idempotency-Key: $EVENT_1" --data-raw $'{"a": "\\u00e9\\n"}' --compressed &
printf '{\\134\\n' | curl -X POST "$SUT/v1/batches" -H 'Content-Type: application/json' --data-binary @- &
wait
curl 'http://shop.example/v1/batches?a=b' \\
  -u me:you -b 'a=b' -F 'c=d' | jq .
"""
RAW = (
    b"POST /v1/batches HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}"
    b"POST /v1/batches HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
)
SOUND: dict[str, tuple[bytes, ...]] = {
    "capture": (write_capture(SEEN).encode(),),
    "har": (write_har(SEEN, "1").text.encode(),),
    "vcr": (write_vcr(SEEN).text.encode(),),
    "log": (LOG.encode(),),
    "raw": (RAW,),
    "curl": (CURL.encode(),),
    "incident": tuple(written(incident).encode() for incident in TAKEN[:3]),
}
"""Files that are read without a complaint, by their kind."""

TOKENS = (
    *(b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b"$", b"`", b"\r\n", b"\n", b"\0", b"\xff", b"\xed\xa0\x80"),
    *(
        b"null",
        b"true",
        b"-1",
        b"1e999",
        b"9" * 5000,
        b"NaN",
        b"[" * 3000,
        b'{"a":' * 3000,
        b"\\ud800",
        b"\xef\xbb\xbf",
    ),
    *(
        b'"format": 2',
        b'"version": "9.9"',
        b"$(id)",
        b" | sh",
        b"-F a=@/etc/passwd ",
        b"--next ",
        b"Content-Length: 9\r\n",
    ),
)
"""What is put in at random."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Damaged:
    """One damaged file: its kind and bytes, how long reading it took, and what is wrong with how it was read."""

    kind: str
    data: bytes
    seconds: float
    refused: bool
    complaint: str


def damaged(times: int, seed: int) -> Iterator[Damaged]:
    """Damage and read so many files, the same ones for the same seed."""
    random = Random(seed)
    kinds = tuple(SOUND)
    for number in range(times):
        kind = kinds[number % len(kinds)]
        data = random.choice(SOUND[kind])
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            data = random.choice(HARMS)(data, random)
        yield _looked_at(kind, data)


def _looked_at(kind: str, data: bytes) -> Damaged:
    begun = time.process_time()
    refused, complaint = False, ""
    try:
        _read(kind, data)
    except ScenarioError as error:
        refused = True
        told = [problem for problem in error.problems if problem.message and problem.file]
        complaint = "" if told and len(told) == len(error.problems) else f"a refusal without a place: {error}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what this looks for
        complaint = f"{type(error).__name__}: {error}"
    seconds = time.process_time() - begun
    if seconds > PATIENCE:
        complaint = complaint or f"it took {seconds:.1f} s"
    return Damaged(kind=kind, data=data, seconds=seconds, refused=refused, complaint=complaint)


def _read(kind: str, data: bytes) -> None:
    """Read a file as the commands do, and use what it gave: nothing that is read may break what comes after."""
    if kind == "incident":
        _incident(data)
        return
    for form in (kind, "auto") if INCIDENT.match(data) is None else (kind,):
        _use(read(Source(file="seen", data=data), form, {}))


def _incident(data: bytes) -> None:
    try:
        name = str(json.loads(data)["name"])
    except (ValueError, TypeError, KeyError, RecursionError):
        name = TAKEN[0].name
    incident = incident_of(Source(file=f"{name}.json", data=data))
    again = incident_of(Source(file=f"{name}.json", data=written(incident).encode()))
    if again != incident:
        raise AssertionError("what is written is not what was read")
    replay_plan((incident,), CONFIGURATION, 1)


def _use(capture: Capture) -> None:
    """Hold a capture against what is done with one."""
    if read_capture(Source(file="seen", data=write_capture(capture).encode())) != capture:
        raise AssertionError("a capture does not come back from its own file")
    script((exchange.name, "", exchange.message) for exchange in capture.exchanges)
    requests = [exchange for exchange in capture.exchanges if isinstance(exchange.message, Request)]
    if requests:
        read_har(Source(file="seen", data=write_har(replace(capture, exchanges=tuple(requests)), "1").text.encode()))
    for case in cases_of(capture, CONFIGURATION, file="seen", name="seen").cases:
        if from_json(Case, canonical(case)) != case:
            raise AssertionError("a case made of what was read does not come back from a file")


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _without(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + data[at + random.choice((1, 2, 8, 64)) :]


def _with(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(TOKENS) + data[at:]


def _over(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    put = random.choice(TOKENS)
    return data[:at] + put + data[at + len(put) :]


def _flipped(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data)) if data else 0
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :] if data else data


def _twice(data: bytes, random: Random) -> bytes:
    at, size = random.randrange(len(data) + 1), random.choice((1, 16, 256))
    return data[: at + size] + data[at:]


def _spliced(data: bytes, random: Random) -> bytes:
    other = random.choice(SOUND[random.choice(tuple(SOUND))])
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other)) :]


def _another_number(data: bytes, random: Random) -> bytes:
    """Put another number in the place of one."""
    places = [at for at, byte in enumerate(data) if 0x30 <= byte <= 0x39]
    if not places:
        return data
    at = random.choice(places)
    return data[:at] + random.choice((b"-1", b"1e308", b"99999999999999999999", b'"7"', b"null")) + data[at + 1 :]


HARMS: tuple[Callable[[bytes, Random], bytes], ...] = (
    _cut,
    _without,
    _with,
    _over,
    _flipped,
    _twice,
    _spliced,
    _another_number,
)
"""Every way of damage."""
