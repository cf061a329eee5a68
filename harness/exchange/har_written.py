"""A capture as HAR 1.2, for browsers and proxies to show; what HAR cannot hold is said."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.exchange.exports import Export
from harness.exchange.fields import moment_of
from harness.model.captures import Capture, SeenExchange
from harness.model.messages import HOST_PLACEHOLDER, Answer, Headers, Request

UNKNOWN = -1
"""What HAR writes for a size or a time that is not known."""


def write_har(capture: Capture, version: str) -> Export:
    """Return the capture as HAR; ``version`` is that of the harness, which signs the file."""
    losses: list[str] = []
    begun = moment_of(capture.taken) if capture.taken else datetime(1970, 1, 1, tzinfo=UTC)
    entries = []
    for exchange in capture.exchanges:
        if not isinstance(exchange.message, Request):
            losses.append(f"{exchange.name}: HAR holds no message that is not well-formed HTTP: it is left out")
            continue
        losses += [f"{exchange.name}: {what}" for what in _lost(exchange, exchange.message)]
        entries.append(_entry(exchange, exchange.message, begun))
    log = {"version": "1.2", "creator": {"name": "harness", "version": version}, "entries": entries}
    return Export(text=json.dumps({"log": log}, indent=1) + "\n", losses=tuple(losses))


def _lost(exchange: SeenExchange, request: Request) -> Iterator[str]:
    if exchange.calls:
        yield "HAR holds no calls to dependencies: they are left out"
    if exchange.log:
        yield "HAR holds no log lines: they are left out"
    if exchange.answer is not None and (not exchange.answer.valid or not exchange.answer.complete):
        yield "HAR does not tell an answer that was cut or is no HTTP from a whole one"
    if _text_of(request.body) is None:
        yield "HAR holds no body that is not text: it is left out"


def _entry(exchange: SeenExchange, request: Request, begun: datetime) -> dict[str, Any]:
    took = round(exchange.took * 1000, 6)
    return {
        "startedDateTime": (begun + timedelta(seconds=exchange.at)).isoformat(timespec="microseconds"),
        "time": took,
        "request": _request(exchange, request),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "comment": exchange.name,
        "_writer": "harness",
    }


def _request(exchange: SeenExchange, request: Request) -> dict[str, Any]:
    host = next((value for name, value in request.headers if name.lower() == "host"), HOST_PLACEHOLDER.decode())
    text = _text_of(request.body)
    kind = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    lacking = "body" in exchange.missing or text is None
    return {
        "method": request.method,
        "url": f"http://{host}{request.target}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _fields(request.headers),
        "queryString": [],
        **({"postData": {"mimeType": kind, "text": text}} if request.body and text is not None else {}),
        "headersSize": UNKNOWN,
        "bodySize": max(len(request.body), 1) if lacking else len(request.body),
    }


def _response(exchange: SeenExchange) -> dict[str, Any]:
    answer = exchange.answer or Answer(status=0)
    reason = {"_error": exchange.silence.value} if exchange.silence else {}
    return {
        "status": answer.status,
        "statusText": answer.reason,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _fields(answer.headers),
        "content": {
            "size": len(answer.body),
            "mimeType": answer.header("Content-Type") or "",
            **_content(answer.body),
        },
        "redirectURL": answer.header("Location") or "",
        "headersSize": UNKNOWN,
        "bodySize": len(answer.body),
        **reason,
    }


def _content(body: bytes) -> dict[str, str]:
    text = _text_of(body)
    return {"text": base64.b64encode(body).decode("ascii"), "encoding": "base64"} if text is None else {"text": text}


def _fields(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _text_of(body: bytes) -> str | None:
    """Return a body as the text that HAR gives back as the same bytes; None where it has none."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\ufffd" in text else text
