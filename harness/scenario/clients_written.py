"""Writes an answer book as YAML that a person reviews and :mod:`harness.scenario.clients` reads back equal.

Blocks for what has keys, JSON for what is JSON (YAML 1.2 holds all of it), every text in double quotes where a plain
one could mean something else.
"""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from harness.model.clients import BookExchange, ClientBook, PromisedAnswer
from harness.model.messages import Headers, Request
from harness.scenario.clients import mapped

WIDTH = 118
_SYMBOL = re.compile(r"e0e0e0e0-0000-4000-8000-0*([1-9]\d*)")
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9/_.+-]*(?: [A-Za-z0-9/_.+-]+)*")
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Zs", "Zl", "Zp", "Co", "Cn"})
_WORDS = frozenset({"null", "true", "false"})
_FOREIGN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")


def written(book: ClientBook) -> str:
    """Return ``book`` as the text of its file."""
    lines = [
        "# The answer book of an old client: what it sends, and what it was answered when this was recorded.",
        "# Written by 'harness record-client'; docs/versions-of-a-service.md explains every key.",
        "format: 1",
        f"client: {_scalar(book.client)}",
        *([f"title: {_scalar(book.title)}"] if book.title else []),
        f"operation: {_scalar(book.operation)}",
        f"additions: {'allowed' if book.additions else 'refused'}",
        f"foreign_ids: {'shown' if book.foreign else 'refused'}",
        *_named_headers("deprecation", book.deprecation, 0),
        *([f"free: {_inline(list(book.free))}"] if book.free else []),
        *([f"recorded: {_scalar(book.recorded)}"] if book.recorded else []),
        "exchanges:",
        *(line for exchange in book.exchanges for line in _exchange(exchange)),
    ]
    return "\n".join(lines) + "\n"


def _exchange(exchange: BookExchange) -> Iterator[str]:
    yield f"  - name: {_scalar(exchange.name)}"
    if exchange.title:
        yield f"    title: {_scalar(exchange.title)}"
    yield "    request:"
    yield from _request(exchange.request)
    if exchange.answer is not None:
        yield "    answer:"
        yield from _answer(exchange.answer)


def _request(request: Request) -> Iterator[str]:
    yield f"      method: {request.method}"
    yield f"      target: {_scalar(_readable(request.target))}"
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
        shown = _scalar(values[0]) if len(values) == 1 else _inline(values)
        yield f"{' ' * indent}  {name}: {shown}"


def _json_block(value: object) -> Iterator[str]:
    """Yield a document under ``json``: on one line where it fits, else indented as JSON is."""
    first, *rest = _laid_out(mapped(value, _readable), len("      json: "))
    if not rest:
        yield f"      json: {first}"
        return
    yield "      json:"
    yield from (f"        {line}" for line in (first, *rest))


def _laid_out(value: Any, indent: int) -> list[str]:
    """Return the lines of a JSON value: one where it fits behind ``indent`` columns, else one for each member."""
    line = _inline(value)
    if not isinstance(value, dict | list) or not value or len(line) + indent <= WIDTH:
        return [line]
    named = value.items() if isinstance(value, dict) else (("", item) for item in value)
    members = [(f"{_inline(name)}: " if isinstance(value, dict) else "", item) for name, item in named]
    lines: list[str] = []
    for number, (name, item) in enumerate(members, start=1):
        first, *rest = _laid_out(item, indent + 2 + len(name))
        comma = "," if number < len(members) else ""
        below = [f"  {name}{first}", *(f"  {line}" for line in rest)]
        lines += [*below[:-1], below[-1] + comma]
    return ["{" if isinstance(value, dict) else "[", *lines, "}" if isinstance(value, dict) else "]"]


def _bytes(data: bytes) -> str:
    try:
        return _inline(_readable(data.decode("utf-8")))
    except UnicodeDecodeError:
        return f"{{base64: {base64.b64encode(data).decode('ascii')}}}"


def _readable(text: str) -> str:
    """Return ``text`` with the identities of a plan as a person writes them."""
    return _SYMBOL.sub(lambda match: f"{{event {match.group(1)}}}", text)


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else _inline(text)


def _inline(value: Any) -> str:
    return _escaped(json.dumps(value, ensure_ascii=False))


def _escaped(text: str) -> str:
    """Return JSON text with what YAML cannot hold, and what nobody can see, as escapes, which both know."""
    return "".join(
        "".join(f"\\u{unit:04x}" for unit in _units(one)) if _FOREIGN.match(one) or _unseen(one) else one
        for one in text
    )


def _unseen(character: str) -> bool:
    """Tell whether a reviewer cannot see a character, or an editor may change it: marks, formats, strange blanks."""
    return character not in " \n" and unicodedata.category(character) in _UNSEEN


def _units(character: str) -> tuple[int, ...]:
    data = character.encode("utf-16-be", "surrogatepass")
    return tuple(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
