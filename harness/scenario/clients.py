"""Reads the answer book of an old client into :class:`~harness.model.clients.ClientBook`, every mistake at once.

``{event 1}`` in a request or an answer is an identity; ``{<name>.<field>}`` is a field of the answer to an earlier
exchange, ``{answer.<field>}`` one of the same answer. docs/versions-of-a-service.md explains every key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from harness.config.loading import check_format, read_format
from harness.config.nodes import Node, Problems, Reader, Refused, distinct, each, items_of, mapping_of, members, nearest
from harness.config.placeholders import note_near_misses
from harness.config.values import body, choice, headers, is_name, json_value, status, text
from harness.config.yaml_reader import read_yaml
from harness.model.clients import NOISE, BookExchange, ClientBook, PromisedAnswer
from harness.model.messages import Request, placeholder

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MOST_EVENTS = 999

EVENT = re.compile(r"\{event ([1-9][0-9]{0,2})\}")
_LOOSE_EVENT = re.compile(r"\{ *event *[0-9]* *\}", re.IGNORECASE)
REFERENCE = re.compile(r"\{([A-Za-z][A-Za-z0-9-]*)\.([^{}]+)\}")
_SYMBOL = re.compile(r"e0e0e0e0-0000-4000-8000-(\d{12})")
_TARGET = re.compile(r"/[!-\"$-~]*")
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)+")


def mapped(value: Any, change: Callable[[str], Any]) -> Any:
    """Return a JSON value with ``change`` made to every text in it that is no name of a member."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [mapped(item, change) for item in value]
    if isinstance(value, dict):
        return {name: mapped(child, change) for name, child in value.items()}
    return value


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value that is no name of a member."""
    found: list[str] = []
    mapped(value, found.append)
    yield from found


def symbolic(written: str) -> str:
    """Return ``written`` with every ``{event 1}`` replaced by the identity that a plan carries for it."""
    return EVENT.sub(lambda match: placeholder(int(match.group(1))), written)


def _name(node: Node, problems: Problems) -> str:
    """Read a name that labels and references can carry."""
    written = text(node, problems)
    if not is_name(written) or "_" in written or written == "answer":
        raise Refused(node, "a name is letters, digits and -, begins with a letter, and is not 'answer'")
    return written


def _target(node: Node, problems: Problems) -> str:
    """Read a path and a query as sent."""
    written = text(node, problems)
    if not _TARGET.fullmatch(EVENT.sub("", written)):
        raise Refused(node, "expected a path that begins with /, visible ASCII, percent-encoded, without a fragment")
    return symbolic(written)


def _headers(node: Node, problems: Problems) -> tuple[tuple[str, str], ...]:
    """Read header fields; identities in their values are symbolic."""
    return tuple((name, symbolic(value)) for name, value in headers(node, problems))


def _json(node: Node, problems: Problems) -> object:
    """Read a JSON document; identities in its texts are symbolic."""
    return mapped(json_value(node, problems), symbolic)


def _body(node: Node, problems: Problems) -> bytes:
    """Read a body that is no JSON document; identities in it are symbolic."""
    data: bytes = body(node, problems)
    return symbolic(data.decode("latin-1")).encode("latin-1")


REQUEST: Mapping[str, Reader] = {
    "method": choice(*METHODS),
    "target": _target,
    "headers": _headers,
    "json": _json,
    "body": _body,
}
"""The keys of ``request``."""

ANSWER: Mapping[str, Reader] = {"status": status, "headers": _headers, "json": _json, "body": _body}
"""The keys of ``answer``."""


def _note_events(node: Node, problems: Problems) -> None:
    """Note every text in ``node`` that holds almost an identity: it would be sent as it stands, each time the same."""
    value = node.value
    for word in _LOOSE_EVENT.findall(value) if isinstance(value, str) else ():
        if not EVENT.fullmatch(word):
            problems.note(node, f"{word} is no identity; they are numbered from 1 to {MOST_EVENTS}", "{event 1}")
    for child in value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ():
        _note_events(child, problems)


def _refuse_two_bodies(node: Node, read: Mapping[str, Any]) -> None:
    if "json" in read and "body" in read:
        raise Refused(node, "json and body both say what the body is; give one of them")


def _request(node: Node, problems: Problems) -> Request:
    """Read a request; a JSON document is written in UTF-8 with a blank behind each comma and colon."""
    read = members(node, REQUEST, problems, required=["method", "target"])
    _refuse_two_bodies(node, read)
    _note_events(node, problems)
    data = read.get("body", b"")
    if "json" in read:
        data = json.dumps(read["json"], ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass")
    return Request(
        method=read.get("method", "GET"), target=read.get("target", "/"), headers=read.get("headers", ()), body=data
    )


def _answer(node: Node, problems: Problems) -> PromisedAnswer:
    """Read a recorded answer; almost a placeholder is none, and noted."""
    read = members(node, ANSWER, problems, required=["status"])
    _refuse_two_bodies(node, read)
    note_near_misses(node, (*NOISE, "event"), problems)
    _note_events(node, problems)
    return PromisedAnswer(
        status=read.get("status", 200), headers=read.get("headers", ()), json=read.get("json"), text=read.get("body")
    )


EXCHANGE: Mapping[str, Reader] = {"name": _name, "title": text, "request": _request, "answer": _answer}
"""The keys of one of ``exchanges``."""


def _exchange(node: Node, problems: Problems, *, draft: bool) -> BookExchange:
    """Read one exchange; only a draft has requests whose answers nobody has seen."""
    required = ("name", "request") if draft else ("name", "request", "answer")
    read = members(node, EXCHANGE, problems, required=required)
    request = read.get("request", Request(method="GET", target="/"))
    numbers = _events_of(request)
    if len(numbers) > 1:
        raise Refused(node, "one request carries one event; this one has several numbers")
    refers = tuple(dict.fromkeys(name for name, _ in REFERENCE.findall(request.target)))
    return BookExchange(
        name=read.get("name", ""),
        title=read.get("title", ""),
        request=request,
        event=min(numbers, default=0),
        refers=refers,
        answer=read.get("answer"),
        line=node.line,
    )


def _events_of(request: Request) -> frozenset[int]:
    """Return the numbers of the events whose identity stands anywhere in ``request``."""
    parts = [request.target, *(value for _, value in request.headers), request.body.decode("latin-1")]
    return frozenset(int(number) for part in parts for number in _SYMBOL.findall(part))


def _exchanges(node: Node, problems: Problems, *, draft: bool) -> tuple[BookExchange, ...]:
    """Read the exchanges in order; each name once, each reference to an earlier one."""
    items = items_of(node)
    if not items:
        raise Refused(node, "expected at least one exchange")
    named = [item.value["name"] for item in items if isinstance(item.value, Mapping) and "name" in item.value]
    distinct(named, problems, "name")
    read: tuple[BookExchange, ...] = each(items, partial(_exchange, draft=draft), problems)
    places = {item.line: item for item in items}
    known: list[str] = []
    for exchange in read:
        _note_unknown(places[exchange.line], exchange, known, problems)
        known.append(exchange.name)
    return read


def _note_unknown(node: Node, exchange: BookExchange, known: list[str], problems: Problems) -> None:
    """Note references to exchanges that are not there, or not yet answered."""
    asked = list(exchange.refers)
    if exchange.answer:
        promised = [*texts(exchange.answer.json), *(value for _, value in exchange.answer.headers)]
        asked += [name for written in promised for name, _ in REFERENCE.findall(written) if name != "answer"]
    for name in dict.fromkeys(asked):
        if name not in known:
            right = nearest(name, known)
            problems.note(node, f"no earlier exchange is called '{name}'", right)


def _pointer(node: Node, problems: Problems) -> str:
    """Read a JSON pointer (RFC 6901); ``*`` is any member of an object or list."""
    written = text(node, problems)
    if not _POINTER.fullmatch(written):
        raise Refused(node, "expected a JSON pointer such as /errors/*/reason (RFC 6901; * is any member)")
    return written


def _pointers(node: Node, problems: Problems) -> tuple[str, ...]:
    distinct(items_of(node), problems, "pointer")
    return each(items_of(node), _pointer, problems)


def _additions(node: Node, problems: Problems) -> bool:
    return bool(choice("refused", "allowed")(node, problems) == "allowed")


def _foreign(node: Node, problems: Problems) -> bool:
    return bool(choice("shown", "refused")(node, problems) == "shown")


def top_level(*, draft: bool = False) -> Mapping[str, Reader]:
    """Return the keys of a book."""
    return {
        "format": read_format,
        "client": _name,
        "title": text,
        "operation": text,
        "additions": _additions,
        "deprecation": headers,
        "foreign_ids": _foreign,
        "free": _pointers,
        "recorded": text,
        "exchanges": partial(_exchanges, draft=draft),
    }


def load_book(path: Path, operations: frozenset[str], *, draft: bool = False) -> ClientBook:
    """Return the answer book in the file at ``path``; ``operations`` are those of the configuration.

    A ``draft`` may lack answers: recording puts them in. ScenarioError holds everything wrong in the file.
    """
    problems = Problems(str(path))
    root = read_yaml(path, problems)
    check_format(root, problems)
    required = ["format", "client", "operation", "exchanges", *([] if draft else ["recorded"])]
    read = members(root, top_level(draft=draft), problems, required=required)
    if "operation" in read and read["operation"] not in operations:
        right = nearest(read["operation"], operations)
        problems.note(mapping_of(root)["operation"], "the configuration declares no such operation", right)
    problems.raise_any()
    del read["format"]
    if "foreign_ids" in read:
        read["foreign"] = read.pop("foreign_ids")
    return ClientBook(file=str(path), **read)
