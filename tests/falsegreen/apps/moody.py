"""A small booking service in a mood, which the environment names. Standard library only."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Start = Callable[..., object]

_DONE: dict[str, tuple[bytes, bytes]] = {}


def application(environ: Environ, start: Start) -> Iterable[bytes]:
    """Answer GET by the path, POST by the mood."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if environ["REQUEST_METHOD"] == "GET":
        return _answer(start, "200 OK" if environ["PATH_INFO"] == "/" else "404 Not Found", {})
    return MOODS[os.environ["MOOD"]](environ, start, body)


def _honest(environ: Environ, start: Start, body: bytes) -> Iterable[bytes]:
    key = environ.get("HTTP_IDEMPOTENCY_KEY", "")
    try:
        guest = json.loads(body)["guest"]
    except (ValueError, TypeError, KeyError):
        return _answer(start, "400 Bad Request", {})
    if not key or not isinstance(guest, str):
        return _answer(start, "422 Unprocessable Content", {})
    if key in _DONE:
        first, given = _DONE[key]
        return _answer(start, "201 Created", json.loads(given)) if first == body else _answer(start, "422 No", {})
    if not _booked(key, body):
        return _answer(start, "503 Service Unavailable", {})
    _DONE[key] = body, json.dumps({"guest": guest, "booking": key}).encode()
    return _answer(start, "201 Created", json.loads(_DONE[key][1]))


def _booked(key: str, body: bytes) -> bool:
    url = "http://127.0.0.1:9" if os.environ["MOOD"] == "elsewhere" else os.environ["LEDGER_URL"]
    request = urllib.request.Request(url + "/entries", data=body, headers={"Idempotency-Key": key})
    try:
        with urllib.request.urlopen(request, timeout=0.5) as answer:
            answer.read()
    except OSError:
        return False
    return True


def _refusing(environ: Environ, start: Start, body: bytes) -> Iterable[bytes]:
    del environ, body
    return _answer(start, "422 Unprocessable Content", {"why": "no"})


def _answer(start: Start, status: str, value: object) -> Iterable[bytes]:
    data = json.dumps(value).encode()
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return [data]


MOODS: dict[str, Callable[[Environ, Start, bytes], Iterable[bytes]]] = {
    "honest": _honest,
    "elsewhere": _honest,
    "refusing": _refusing,
}
