"""Where the structure of a JSON text stands: its brackets, colons and commas outside of strings."""

from __future__ import annotations

import re

_STRING_OR_SIGN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]', re.DOTALL)


def structure(body: bytes) -> tuple[tuple[int, bytes], ...]:
    """Return offset and byte of every structural character of the JSON text ``body``."""
    return tuple((found.start(), found.group()) for found in _STRING_OR_SIGN.finditer(body) if len(found.group()) == 1)


def places_of(body: bytes, sign: bytes) -> tuple[int, ...]:
    """Return the offsets of one structural character."""
    return tuple(offset for offset, found in structure(body) if found == sign)


def spliced(body: bytes, start: int, end: int, middle: bytes) -> bytes:
    """Return ``body`` with the bytes from ``start`` up to ``end`` replaced by ``middle``."""
    return body[:start] + middle + body[end:]
