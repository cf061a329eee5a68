"""Bytes and foreign text for human eyes: escaped, clipped, and never able to move a cursor or forge a line."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Mapping
from typing import TypeVar

Held = TypeVar("Held")

CLIP = 4_000
"""Characters of a message that a report shows; the whole lies in the history."""

ORDER = "::"
"""What a line begins with, after blanks, that GitHub Actions carries out when it reads it in a log."""

_ORDER_ANYWHERE = re.compile(r"(##(?:vso)?)\[", re.IGNORECASE)
"""What GitHub Actions (``##[``) and Azure Pipelines (``##vso[``) carry out wherever it stands in a line."""

_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
"""Unicode categories that are invisible, reorder text or move a cursor."""


def visible(text: str, *, keep: str = "\n\t") -> str:
    """Return ``text`` with every control, bidi mark and other invisible character but ``keep`` written as an escape."""
    if text.isprintable():  # which nearly all text is, and no character of _HIDDEN
        return text
    return "".join(c if c in keep or unicodedata.category(c) not in _HIDDEN else _escape(c) for c in text)


def visible_throughout(held: Held) -> Held:
    """Return a record with every text in it, at any depth, visible; it is returned itself where all of them are."""
    made: Held = _shown(held)  # type: ignore[assignment]  # of the same type, with other texts
    return made


def _shown(held: object) -> object:
    """Return a value of a record with its texts visible."""
    if type(held) is str:  # a word of an enumeration is ours
        return visible(held)
    if isinstance(held, tuple):
        return tuple(_shown(part) for part in held)
    if isinstance(held, Mapping):
        return {_shown(key): _shown(part) for key, part in held.items()}
    if not dataclasses.is_dataclass(held) or isinstance(held, type):
        return held
    before = {field.name: getattr(held, field.name) for field in dataclasses.fields(held)}
    after = {name: _shown(part) for name, part in before.items()}
    return held if after == before else dataclasses.replace(held, **after)


def one_line(text: str, width: int = 0) -> str:
    """Return ``text`` visible and on one line; cut to ``width`` characters (0: not cut) with an ellipsis."""
    line = " ".join(visible(text, keep="\n\t\r").split())
    line = visible(line, keep="")
    return line if not width or len(line) <= width else line[: max(width - 1, 0)] + "…"


def harmless(text: str) -> str:
    r"""Return ``text`` so that nothing in it is an order to GitHub Actions or Azure Pipelines.

    A backslash goes into what would be one, before what a line begins with.
    """
    return "\n".join(_harmless(line) for line in disarmed(text).split("\n"))


def disarmed(text: str) -> str:
    """Return ``text`` with a backslash in each order that counts wherever it stands in a line."""
    return _ORDER_ANYWHERE.sub(r"\1\\[", text)


def _harmless(line: str) -> str:
    """Return one line that does not begin as an order."""
    rest = line.lstrip()
    return f"{line[: len(line) - len(rest)]}\\{rest}" if rest.startswith(ORDER) else line


def message_text(data: bytes, clip: int = CLIP) -> str:
    r"""Return an HTTP message as text: UTF-8 where it is, ``\\xHH`` for each other byte; CRLF as a new line.

    A bare CR or LF is shown as such, since it may be the very fault. Longer than ``clip`` characters, the
    middle is left out and counted.
    """
    edge = 4 * clip  # the bytes of so many characters; what lies between two edges is not shown, only counted
    between = max(len(data) - 2 * edge, 0)
    if between:
        return clipped(_message(data[:edge]) + _message(data[-edge:]), clip, between)
    return clipped(_message(data), clip)


def _message(data: bytes) -> str:
    lines = data.split(b"\r\n")
    return "\n".join(visible(line.decode("utf-8", "backslashreplace"), keep="\t") for line in lines)


def clipped(text: str, clip: int = CLIP, more: int = 0) -> str:
    """Return ``text`` of at most about ``clip`` characters: its head, how much is left out, its tail.

    ``more`` characters were left out of its middle before.
    """
    if len(text) <= clip:
        return text
    tail = clip // 4
    head = clip - tail
    return f"{text[:head]}\n… {len(text) - clip + more:,} characters left out …\n{text[-tail:]}"


def _escape(character: str) -> str:
    """Return the escape of one character, as Python writes it."""
    code = ord(character)
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
