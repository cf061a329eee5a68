"""Callers of the sample app, in this process and over the wire, with the same few words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Barrier
from typing import Any

from flask import Flask

BATCH: dict[str, object] = {"source": "crm", "values": [" alpha ", "", "beta"]}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, headers by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Read the body as JSON."""
        return json.loads(self.body)

    @property
    def problem(self) -> tuple[int, str]:
        """Return the status and the last part of the problem's type, once the two statuses agree."""
        assert self.headers["content-type"] == "application/problem+json"
        assert self.json["status"] == self.status
        return self.status, self.json["type"].rpartition("/")[2]

    @property
    def problem_or_none(self) -> tuple[int, str] | None:
        """Return the problem of an error, None for a success."""
        return None if self.status < 400 else self.problem


@dataclass(frozen=True, slots=True)
class InProcess:
    """Calls the app through Flask's test client."""

    app: Flask

    def post(self, body: bytes | dict[str, Any], key: str | None = "k-1", **more: Any) -> Reply:
        """POST a batch; ``more`` are header names (with _ for -), ``environ`` overrides, or another ``path``."""
        overrides, path = more.pop("environ", {}), more.pop("path", "/v1/batches")
        headers = headers_for(key, more)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        client = self.app.test_client()
        answer = client.post(path, data=data, headers=headers, environ_overrides=overrides)
        return Reply(answer.status_code, lower(dict(answer.headers)), answer.data)

    def get(self, path: str, **headers: str) -> Reply:
        """GET a path."""
        answer = self.app.test_client().get(path, headers=headers)
        return Reply(answer.status_code, lower(dict(answer.headers)), answer.data)


def post(port: int, body: dict[str, Any], key: str, wait: float = 15.0, path: str = "/v1/batches") -> Reply:
    """POST a batch over the wire."""
    return ask(port, "POST", path, json.dumps(body), headers_for(key, {}), wait)


def get(port: int, path: str, wait: float = 15.0) -> Reply:
    """GET a path over the wire."""
    return ask(port, "GET", path, None, {}, wait)


def ask(port: int, method: str, path: str, body: str | None, headers: dict[str, str], wait: float) -> Reply:
    """Send one request on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=wait)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return Reply(answer.status, lower(dict(answer.getheaders())), answer.read())
    finally:
        connection.close()


def at_once(count: int, act: Callable[[int], Reply]) -> list[Reply]:
    """Let ``count`` threads start ``act`` at the same instant."""
    barrier = Barrier(count)

    def wait_and_act(index: int) -> Reply:
        barrier.wait()
        return act(index)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(wait_and_act, range(count)))


def headers_for(key: str | None, more: dict[str, str]) -> dict[str, str]:
    """Make the headers of a valid request, changed by ``more``; None leaves the key out."""
    headers = {"Content-Type": "application/json"} | ({} if key is None else {"Idempotency-Key": key})
    return headers | {name.replace("_", "-"): value for name, value in more.items()}


def lower(headers: dict[str, str]) -> dict[str, str]:
    """Spell header names in lower case."""
    return {name.lower(): value for name, value in headers.items()}
