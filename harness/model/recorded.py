"""A recorded answer as settings of the fault ``as-recorded``, and back: faults are data in incident files.

The settings are texts and numbers: ``status``, ``headers`` as field lines, ``body`` as text, or ``base64:...`` where it
is not UTF-8, and ``delay`` in seconds. A Content-Length or Transfer-Encoding stands among the headers only where the
answer ended before it was whole: then it says what was promised.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

from harness.model.messages import Answer

FRAMING = frozenset({"content-length", "transfer-encoding"})
"""Fields that frame an answer (RFC 9112, section 6); whoever sends a whole one again frames it anew."""

NO_BODY = frozenset({204, 304})
"""Statuses that end at their header block (RFC 9112, section 6.3)."""

_HOP = frozenset({"connection", "keep-alive"})
"""Fields about the connection that the answer came on, not about the answer."""

_BASE64 = "base64:"
_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def settings_of(answer: Answer, delay: float = 0.0) -> Mapping[str, float | str]:
    """Return the settings that make a double give ``answer`` again, ``delay`` seconds after its call.

    ValueError where the answer is none that a double can give: not HTTP, clipped, or cut without a promised length.
    """
    if not answer.valid or answer.clipped:
        raise ValueError("an answer that is not HTTP, or of which only a part was kept, cannot be given again")
    left_out = _HOP | FRAMING if answer.complete else _HOP
    kept = (field for field in answer.headers if field[0].lower() not in left_out)
    settings: Mapping[str, float | str] = {
        "status": float(answer.status),
        "headers": "\n".join(f"{name}: {value}" for name, value in kept),
        "body": _text_of(answer.body),
        "delay": delay,
    }
    if answer_of(settings).complete is not answer.complete:
        raise ValueError("an answer that was cut without a promised length cannot be told from a whole one")
    return settings


def answer_of(settings: Mapping[str, float | str]) -> Answer:
    """Return the answer that the settings describe; ValueError says which of them is wrong, and what would be right."""
    status, body = settings["status"], _bytes_of(str(settings["body"]))
    if isinstance(status, str) or status not in range(200, 1000):
        raise ValueError(f"'status' is a whole number from 200 to 999, not '{status}'")
    if body and status in NO_BODY:
        raise ValueError(f"an answer of status {status:g} carries no body: leave 'body' out")
    headers = tuple(_field(line) for line in str(settings["headers"]).split("\n") if line)
    complete = not any(name.lower() in FRAMING for name, _ in headers)
    answer = Answer(status=int(status), headers=headers, body=body, complete=complete)
    length = answer.header("Content-Length")
    if length is not None and not (length.isdecimal() and int(length) > len(body)):
        raise ValueError(
            f"a Content-Length says that the answer was cut, so it is more than {len(body)}, not '{length}'"
        )
    return answer


def _field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise ValueError(f"'headers' holds lines of the form 'Name: value', one byte a character, not {line!r}")
    return name, value.strip(" \t")


def _text_of(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = _BASE64
    return _BASE64 + base64.b64encode(body).decode("ascii") if text.startswith(_BASE64) else text


def _bytes_of(text: str) -> bytes:
    if not text.startswith(_BASE64):
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text.removeprefix(_BASE64), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"'body' begins with '{_BASE64}', but what follows is not base64: {error}") from error
