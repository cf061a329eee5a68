"""Readers of single values: text, names, numbers, durations, shares, statuses, JSON.

Each takes a node and the problems of its file, and raises :class:`~harness.config.nodes.Refused` with what
to write instead. Durations become seconds.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping

from harness.config.nodes import (
    Broken,
    Node,
    Problems,
    Reader,
    Refused,
    describe,
    each,
    mapping_of,
    nearest,
    one_or_more,
)
from harness.model.messages import Headers

DAY = 86_400.0
"""Seconds in a day: no duration is longer."""

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m)")
_LOOSE_DURATION = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*([a-zA-Z]*)\s*")
_SPELT_UNITS = {"sec": "s", "secs": "s", "second": "s", "seconds": "s", "msec": "ms", "millis": "ms"} | {
    "milliseconds": "ms",
    "min": "m",
    "mins": "m",
    "minute": "m",
    "minutes": "m",
}
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_FIELD_VALUE = re.compile(r"(?:[!-~\xa0-\xff](?:[\t -~\xa0-\xff]*[!-~\xa0-\xff])?)?")  # RFC 9110, 5.5
_FRAMING = frozenset({"content-length", "transfer-encoding"})


def text(node: Node, _: Problems) -> str:
    """Read text that is not empty."""
    if isinstance(node.value, str) and node.value:
        return node.value
    if node.value == "":
        raise Refused(node, "expected text, found an empty one")
    raise Refused(node, f"expected text, found {describe(node)}", f'"{node.source}"' if node.source else "")


def any_text(node: Node, problems: Problems) -> str:
    """Read text that may be empty."""
    return "" if node.value == "" else text(node, problems)


def choice(*options: str) -> Reader:
    """Return a reader of one of ``options``."""

    def read(node: Node, _: Problems) -> str:
        if isinstance(node.value, str) and node.value in options:
            return node.value
        listed = options[0] if len(options) == 1 else f"one of {', '.join(options)}"
        raise Refused(node, f"expected {listed}", nearest(str(node.value), options))

    return read


def whole(least: int, most: int) -> Reader:
    """Return a reader of an integer from ``least`` to ``most``."""

    def read(node: Node, _: Problems) -> int:
        value = node.value
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused(node, f"expected a whole number, found {describe(node)}")
        if not least <= value <= most:
            raise Refused(node, f"expected a whole number from {least} to {most}")
        return value

    return read


def parse_duration(written: str) -> float:
    """Return the seconds of ``250ms``, ``2s``, ``1.5s`` or ``1m``; ValueError for any other form or over a day."""
    match = _DURATION.fullmatch(written)
    if not match:
        raise ValueError("expected a duration with its unit, such as 250ms, 1.5s or 1m")
    # Rounded to the nanosecond, the unit of the clock: 250 times 0.001 is not 0.25 otherwise.
    seconds = round(float(match.group(1)) * _UNITS[match.group(2)], 9)
    if seconds > DAY:
        raise ValueError("a duration is at most a day")
    return seconds


def nearest_duration(written: str) -> str:
    """Return the right spelling of what looks like a duration: ``2`` and ``2 sec`` are ``2s``; empty for the rest.

    A bare number of 100 or more most likely means milliseconds.
    """
    match = _LOOSE_DURATION.fullmatch(written)
    if not match:
        return ""
    number = match.group(1) if match.group(1)[0] != "." else f"0{match.group(1)}"
    unit = match.group(2).lower() or ("ms" if float(number) >= 100 else "s")
    unit = _SPELT_UNITS.get(unit, unit)
    return f"{number}{unit}" if unit in _UNITS and float(number) <= DAY else ""


def duration(node: Node, _: Problems) -> float:
    """Read a duration longer than nothing, in seconds."""
    written = node.source if isinstance(node.value, int | float) else node.value
    if not isinstance(written, str):
        raise Refused(node, f"expected a duration such as 2s, found {describe(node)}")
    try:
        seconds = parse_duration(written)
    except ValueError as error:
        near = nearest_duration(written)
        raise Refused(node, str(error), near if near != written else "") from error
    if seconds <= 0:
        raise Refused(node, "expected a duration longer than nothing")
    return seconds


def percent(node: Node, _: Problems) -> float:
    """Read ``20%`` as 0.2: a fraction from 0 to below 1."""
    match = _PERCENT.fullmatch(node.value) if isinstance(node.value, str) else None
    if match and float(match.group(1)) < 100:
        return round(float(match.group(1)) / 100, 9)
    if match:
        raise Refused(node, "expected less than 100%")
    value = node.value
    near = f"{value * 100:g}%" if isinstance(value, float) and 0 <= value < 1 else ""
    raise Refused(node, "expected a share such as 20%", near)


def status(node: Node, problems: Problems) -> int:
    """Read the status of a final answer, 200 to 599."""
    code: int = whole(200, 599)(node, problems)
    return code


def is_name(written: str) -> bool:
    """Return whether ``written`` is a name that reports, case ids and commands can carry."""
    return bool(_NAME.fullmatch(written))


def is_token(written: str) -> bool:
    """Return whether ``written`` can be the name of a header field."""
    return bool(_TOKEN.fullmatch(written))


def json_value(node: Node, problems: Problems) -> object:
    """Read any JSON value but null, which is how a missing one is written down."""
    if node.value is None:
        raise Refused(node, "null says nothing here; write body: 'null' where a JSON null is meant")
    return _plain(node, problems)


def _plain(node: Node, problems: Problems) -> object:
    """Return the plain value of ``node``; numbers that JSON does not have are noted."""
    value = node.value
    if isinstance(value, tuple):
        return [_plain(item, problems) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(child, problems) for name, child in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        problems.note(node, "JSON has no such number; quote it if it is text")
        return None
    return None if value is Broken.TOKEN else value


def body(node: Node, _: Problems) -> bytes:
    """Read a body: text, sent as UTF-8, or ``{base64: ...}``."""
    if isinstance(node.value, str):
        return node.value.encode("utf-8")
    given = node.value if isinstance(node.value, Mapping) else {}
    encoded = given["base64"].value if set(given) == {"base64"} else None
    if not isinstance(encoded, str):
        raise Refused(node, "expected text, or {base64: ...} for bytes that are not text")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(given["base64"], "this is not base64 (RFC 4648, with padding)") from error


def headers(node: Node, problems: Problems) -> Headers:
    """Read header fields: name and value, or name and a list of values for a field that is sent several times.

    One whose name is none is noted and left out: no message could hold it.
    """
    fields: list[tuple[str, str]] = []
    seen: dict[str, str] = {}
    for field, child in mapping_of(node).items():
        _note_field(field, child, seen, problems)
        seen.setdefault(field.casefold(), field)
        values = each(one_or_more(child), _header_value, problems)
        fields.extend((field, value) for value in values if is_token(field))
    return tuple(fields)


def _note_field(field: str, child: Node, seen: Mapping[str, str], problems: Problems) -> None:
    """Note what is wrong with the name of a header field."""
    if not is_token(field):
        problems.note_name(child, "this cannot be the name of a header field (RFC 9110, 5.6.2)")
    elif field.casefold() in _FRAMING:
        problems.note_name(child, "the client that sends the message writes this field; leave it out")
    elif field.casefold() in seen:
        message = "names of header fields ignore case; give the values of one field as a list"
        problems.note_name(child, message, seen[field.casefold()])


def _header_value(node: Node, problems: Problems) -> str:
    """Read the value of a header field: bytes as latin-1, no control characters (RFC 9110, 5.5)."""
    written = any_text(node, problems)
    if not _FIELD_VALUE.fullmatch(written):
        raise Refused(node, "a header value is latin-1 without line breaks, control characters and outer spaces")
    return written
