"""A tiny WSGI service for tests: stores nothing, calls its ledger once per POST, answers what it was told."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

Start = Callable[[str, list[tuple[str, str]]], Any]


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Answer GET with 200, and POST with 201 once the ledger answered."""
    if environ["REQUEST_METHOD"] == "GET":
        return _answer(start, "200 OK", {"path": environ["PATH_INFO"], "pid": os.getpid()})
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    request = urllib.request.Request(
        os.environ["LEDGER_URL"] + "/entries",
        data=body,
        headers={"Idempotency-Key": environ.get("HTTP_IDEMPOTENCY_KEY", "")},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            answer.read()
    except OSError:
        return _answer(start, "503 Service Unavailable", {})
    return _answer(start, "201 Created", {"id": "1", "got": body.decode("latin-1")})


def _answer(start: Start, status: str, value: dict[str, object]) -> Iterable[bytes]:
    data = json.dumps(value).encode()
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return [data]
