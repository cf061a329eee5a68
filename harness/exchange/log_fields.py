"""One line of a JSON log: which of its members say what, under the names that are usual or that somebody gave."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from harness.exchange.documents import Source, decoded, refused
from harness.exchange.fields import Unfit, method_of, moment_of, name_of, target_of, value_of
from harness.model.messages import Headers
from harness.model.records import record

Value = TypeVar("Value")

USUAL: Mapping[str, tuple[str, ...]] = {
    "request_id": ("request_id", "requestId", "req_id", "x_request_id", "correlation_id", "trace_id"),
    "method": ("method", "http_method", "request_method", "http.request.method"),
    "target": ("target", "path", "uri", "request_uri", "url", "url.path", "route"),
    "headers": ("headers", "request_headers", "http.request.headers"),
    "body": ("body", "request_body", "http.request.body"),
    "status": ("status", "status_code", "http_status", "response_status", "http.response.status_code"),
    "latency_ms": ("latency_ms", "duration_ms", "elapsed_ms", "response_time_ms"),
    "timestamp": ("timestamp", "time", "ts", "@timestamp", "datetime"),
}
"""What is read of a line, and under which names; the first that a line has counts."""

_TEMPLATE = re.compile(r"[<{][^<>{}]*[>}]")
_LATEST = 1e11
"""Seconds since 1970 lie far below; a larger number counts milliseconds (or less)."""


@record
class Line:
    """What a line says. ``target`` is empty where only a ``route`` such as ``/v1/batches/<id>`` is told.

    ``ended`` is in seconds since 1970, ``took`` in seconds. ``rewritten``: the body stood in the log as JSON.
    """

    number: int
    text: str
    request_id: str = ""
    method: str = ""
    target: str = ""
    route: str = ""
    headers: Headers | None = None
    body: bytes | None = None
    rewritten: bool = False
    status: int | None = None
    took: float = 0.0
    ended: float | None = None

    @property
    def tells(self) -> bool:
        """Whether the line tells a request."""
        return bool(self.method and self.target)


def line_of(source: Source, number: int, text: str, fields: Mapping[str, str], whole: str) -> Line:
    """Return what a line says; ``fields`` gives own names for some of :data:`USUAL`."""
    value = decoded(source, text, whole, first_line=number)
    if not isinstance(value, dict):
        raise refused(source, whole, number, 1)
    members = _Members(source, number, value, fields)
    path = members.read("target", _text) or ""
    template = bool(_TEMPLATE.search(path))
    body = members.find("body")
    return Line(
        number=number,
        text=text,
        request_id=members.read("request_id", _name) or "",
        method=members.read("method", _method) or "",
        target="" if template or not path else members.read("target", _target) or "",
        route=path if template else "",
        headers=members.read("headers", _headers),
        body=None if body is None else _body(body),
        rewritten=body is not None and not isinstance(body, str),
        status=members.read("status", _status),
        took=members.read("latency_ms", _milliseconds) or 0.0,
        ended=members.read("timestamp", _moment),
    )


class _Members:
    """The members of one line."""

    def __init__(self, source: Source, number: int, value: dict[str, Any], fields: Mapping[str, str]) -> None:
        self._source = source
        self._number = number
        self._value = value
        self._fields = fields

    def find(self, what: str) -> Any:
        """Return the member that says ``what``; None where none does, or it is null."""
        return self._found(what)[1]

    def read(self, what: str, reader: Callable[[Any], Value]) -> Value | None:
        """Return what ``reader`` makes of the member; ScenarioError where it raises Unfit."""
        name, value = self._found(what)
        if value is None:
            return None
        try:
            return reader(value)
        except Unfit as error:
            raise refused(self._source, str(error), self._number, 1, key=name) from error

    def _found(self, what: str) -> tuple[str, Any]:
        names = (self._fields[what],) if what in self._fields else USUAL[what]
        held = ((name, _at(self._value, name)) for name in names)
        return next((pair for pair in held if pair[1] is not None), (names[0], None))


def _at(value: dict[str, Any], name: str) -> Any:
    """Return the member called ``name``, or the one at the dotted way."""
    if name in value:
        return value[name]
    found: Any = value
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unfit("expected text")
    return value


def _name(value: Any) -> str:
    if isinstance(value, bool | dict | list):
        raise Unfit("expected text")
    return str(value)


def _method(value: Any) -> str:
    return method_of(_text(value))


def _target(value: Any) -> str:
    return target_of(_text(value))


def _headers(value: Any) -> Headers:
    """Return header fields from an object, with a value or several under each name, or from a list of pairs."""
    if isinstance(value, dict):
        pairs = [(name, each) for name, held in value.items() for each in (held if isinstance(held, list) else [held])]
    elif isinstance(value, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        pairs = [(pair[0], pair[1]) for pair in value]
    else:
        raise Unfit("expected an object of headers, or a list of pairs")
    return tuple((name_of(_text(name)), value_of(_name(each))) for name, each in pairs)


def _body(value: Any) -> bytes:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8")


def _status(value: Any) -> int:
    number = _number(value)
    if number != int(number) or not (number == 0 or 100 <= number <= 999):
        raise Unfit("expected a status of three digits")
    return int(number)


def _milliseconds(value: Any) -> float:
    number = _number(value)
    if not 0 <= number < 1e9:
        raise Unfit("expected milliseconds")
    return number / 1000


def _moment(value: Any) -> float:
    """Return seconds since 1970 of a moment in ISO 8601, or of a number of seconds, milliseconds or less."""
    if isinstance(value, str) and not re.fullmatch(r"\d+(?:\.\d+)?", value, re.ASCII):
        return moment_of(value).timestamp()
    number = _number(value)
    while number > _LATEST:
        number /= 1000
    if number < 0:
        raise Unfit("expected a moment since 1970")
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unfit("expected a number")
    try:
        number = float(value)
    except (ValueError, OverflowError) as error:
        raise Unfit("expected a number") from error
    if not math.isfinite(number):
        raise Unfit("expected a number")
    return number
