"""What was captured survives its file: bytes, times, calls and what is missing."""

from __future__ import annotations

from harness.model.captures import Capture, SeenCall, SeenExchange
from harness.model.codec import from_json, to_json
from harness.model.messages import Answer, Chunk, Request, Silence, Wire

CAPTURE = Capture(
    source="middleware",
    taken="2026-11-28T12:00:00+00:00",
    exchanges=(
        SeenExchange(
            name="r-1",
            message=Request(method="POST", target="/v1/batches", headers=(("A", "\xff"),), body=b"\xff\x00"),
            answer=Answer(status=500, headers=(("Content-Type", "text/html"),), body=b"<p>"),
            at=0.5,
            took=1.25,
            calls=(
                SeenCall(
                    dependency="ledger",
                    request=Request(method="POST", target="/entries", body=b"{}"),
                    silence=Silence.TIMEOUT,
                    at=0.125,
                    took=1.0,
                ),
            ),
            log=('{"request_id": "r-1"}',),
        ),
        SeenExchange(name="r-2", message=Wire(chunks=(Chunk(data=b"GET"),)), silence=Silence.CLOSED),
    ),
    losses=("the time of r-2 is not known",),
)


def test_a_capture_survives_its_file() -> None:
    """What is read is what was written."""
    assert from_json(Capture, to_json(CAPTURE)) == CAPTURE
