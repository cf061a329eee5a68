"""A report in which every text is hostile: what a service, or somebody who wrote scenarios, could put there at worst."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

HOSTILE = {
    "markup": "</title></style></script><script>document.title='taken'</script><img src=x onerror=alert(1)>\" onload='x'",
    "terminal": "\x1b[2J\x1b]8;;http://example.invalid\x07click\x9b31m",
    "lines": "\r\n\r\n</section>\r\n::error::forged\r\n",
    "cdata": "]]><!-- --!><![CDATA[ -->{{7*7}}${7*7}",
    "right to left": "\u202e\u2066\u200f\u202d drowssap",
    "lone surrogates": "\ud800 \udfff \ufffe \x00",
    "long": "x" * 5_000_000 + "<script>document.title='taken'</script>",
    "no end of markup": "<i>&" * 1_250_000,
}
"""One text of each kind."""

_CLOSED = frozenset(("kind", "measure"))
"""Fields whose words are a closed set: a report with another word is refused when it is read."""


def hostile(value: Any, text: str) -> Any:
    """Return a record with ``text`` in place of every text that is not of a closed set, at every depth."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(hostile(part, text) for part in value)
    if isinstance(value, Mapping):
        return dict.fromkeys([text], hostile(next(iter(value.values())), text)) if value else value
    if is_dataclass(value) and not isinstance(value, type):
        held = {field.name: getattr(value, field.name) for field in fields(value) if field.name not in _CLOSED}
        return replace(value, **{name: hostile(part, text) for name, part in held.items()})
    return value
