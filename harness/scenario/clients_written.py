"""Writes an answer book as YAML that a person reviews and :mod:`harness.scenario.clients` reads back equal.

Blocks for what has keys; the rest is :mod:`harness.config.written`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from harness.config.written import inline, laid_out, octets, scalar
from harness.model.clients import BookExchange, ClientBook, PromisedAnswer
from harness.model.messages import Headers, Request
from harness.scenario.clients import mapped

_SYMBOL = re.compile(r"e0e0e0e0-0000-4000-8000-0*([1-9]\d*)")


def written(book: ClientBook) -> str:
    """Return ``book`` as the text of its file."""
    lines = [
        "# The answer book of an old client: what it sends, and what it was answered when this was recorded.",
        "# Written by 'harness record-client'; docs/versions-of-a-service.md explains every key.",
        "format: 1",
        f"client: {scalar(book.client)}",
        *([f"title: {scalar(book.title)}"] if book.title else []),
        f"operation: {scalar(book.operation)}",
        f"additions: {'allowed' if book.additions else 'refused'}",
        f"foreign_ids: {'shown' if book.foreign else 'refused'}",
        *_named_headers("deprecation", book.deprecation, 0),
        *([f"free: {inline(list(book.free))}"] if book.free else []),
        *([f"recorded: {scalar(book.recorded)}"] if book.recorded else []),
        "exchanges:",
        *(line for exchange in book.exchanges for line in _exchange(exchange)),
    ]
    return "\n".join(lines) + "\n"


def _exchange(exchange: BookExchange) -> Iterator[str]:
    yield f"  - name: {scalar(exchange.name)}"
    if exchange.title:
        yield f"    title: {scalar(exchange.title)}"
    yield "    request:"
    yield from _request(exchange.request)
    if exchange.answer is not None:
        yield "    answer:"
        yield from _answer(exchange.answer)


def _request(request: Request) -> Iterator[str]:
    yield f"      method: {request.method}"
    yield f"      target: {scalar(_readable(request.target))}"
    yield from _named_headers("headers", request.headers, 6)
    document = _document(request.body)
    if document is not None:
        yield from _json_block(document)
    elif request.body:
        yield f"      body: {_bytes(request.body)}"


def _answer(answer: PromisedAnswer) -> Iterator[str]:
    yield f"      status: {answer.status}"
    yield from _named_headers("headers", answer.headers, 6)
    if answer.json is not None:
        yield from _json_block(answer.json)
    elif answer.text is not None:
        yield f"      body: {_bytes(answer.text)}"


def _document(body: bytes) -> object:
    """Return the JSON document that ``body`` is as the reader would write it; None where it must stay bytes."""
    try:
        value = json.loads(body)
        same = json.dumps(value, ensure_ascii=False, allow_nan=False).encode() == body
    except (ValueError, RecursionError):
        return None
    return value if same else None


def _named_headers(key: str, headers: Headers, indent: int) -> Iterator[str]:
    """Yield header fields under ``key``; the values of one name stand in one list."""
    if not headers:
        return
    yield f"{' ' * indent}{key}:"
    for name in dict.fromkeys(name for name, _ in headers):
        values = [_readable(value) for other, value in headers if other == name]
        shown = scalar(values[0]) if len(values) == 1 else inline(values)
        yield f"{' ' * indent}  {name}: {shown}"


def _json_block(value: object) -> Iterator[str]:
    """Yield a document under ``json``: on one line where it fits, else indented as JSON is."""
    first, *rest = laid_out(mapped(value, _readable), len("      json: "))
    if not rest:
        yield f"      json: {first}"
        return
    yield "      json:"
    yield from (f"        {line}" for line in (first, *rest))


def _bytes(data: bytes) -> str:
    """Return the bytes of a body with the identities of a plan as a person writes them."""
    try:
        return inline(_readable(data.decode("utf-8")))
    except UnicodeDecodeError:
        return octets(data)


def _readable(text: str) -> str:
    """Return ``text`` with the identities of a plan as a person writes them."""
    return _SYMBOL.sub(lambda match: f"{{event {match.group(1)}}}", text)
