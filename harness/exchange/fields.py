"""What may stand in a request: methods, targets, header fields, moments; :class:`Unfit` says what may not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import quote

_TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://(?P<authority>[^/?#]*))?(?P<rest>[^#]*)(?:#.*)?", re.DOTALL)
_SAFE = "".join(map(chr, range(0x21, 0x7F)))


class Unfit(ValueError):
    """A value that is not what it should be; the message says what was expected."""


def method_of(text: str) -> str:
    """Return a method."""
    if not _TOKEN.fullmatch(text):
        raise Unfit("this is no method")
    return text


def name_of(text: str) -> str:
    """Return the name of a header field."""
    if not _TOKEN.fullmatch(text):
        raise Unfit("this is no name of a header field")
    return text


def value_of(text: str) -> str:
    """Return the value of a header field, without the white space around it."""
    if not _VALUE.fullmatch(text):
        raise Unfit("a header value is one line, each of its characters one byte (latin-1)")
    return text.strip(" \t")


def target_of(url: str) -> str:
    """Return path and query of a URL or path as they are sent; what no request line may hold is percent-encoded."""
    found = _URL.fullmatch(url)
    rest = found["rest"] if found else ""
    if not found or (found["authority"] is None and not rest.startswith("/")):
        raise Unfit("expected a URL or a path, such as /v1/batches")
    return quote(rest if rest.startswith("/") else f"/{rest}", safe=_SAFE)


def moment_of(text: str) -> datetime:
    """Return a moment written as in ISO 8601; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unfit("expected a moment such as 2026-11-20T09:14:03.120Z") from error
