"""YAML as a person would write it and the strict reader reads back equal.

JSON for what is JSON (YAML 1.2 holds all of it), every text in double quotes where a plain one could mean something
else.
"""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from typing import Any

WIDTH = 118
"""Columns of a line."""
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9/_.+-]*(?: [A-Za-z0-9/_.+-]+)*")
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Zs", "Zl", "Zp", "Co", "Cn"})
_WORDS = frozenset({"null", "true", "false"})
_FOREIGN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")


def scalar(text: str) -> str:
    """Return a text as one value: plain where it can mean nothing else."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else inline(text)


def inline(value: Any) -> str:
    """Return a JSON value on one line."""
    return _escaped(json.dumps(value, ensure_ascii=False))


def laid_out(value: Any, indent: int) -> list[str]:
    """Return the lines of a JSON value: one where it fits behind ``indent`` columns, else one for each member."""
    line = inline(value)
    if not isinstance(value, dict | list) or not value or len(line) + indent <= WIDTH:
        return [line]
    named = value.items() if isinstance(value, dict) else (("", item) for item in value)
    members = [(f"{inline(name)}: " if isinstance(value, dict) else "", item) for name, item in named]
    lines: list[str] = []
    for number, (name, item) in enumerate(members, start=1):
        first, *rest = laid_out(item, indent + 2 + len(name))
        comma = "," if number < len(members) else ""
        below = [f"  {name}{first}", *(f"  {line}" for line in rest)]
        lines += [*below[:-1], below[-1] + comma]
    return ["{" if isinstance(value, dict) else "[", *lines, "}" if isinstance(value, dict) else "]"]


def octets(data: bytes) -> str:
    """Return bytes as a text, or in base64 where they are none."""
    try:
        return inline(data.decode("utf-8"))
    except UnicodeDecodeError:
        return f"{{base64: {base64.b64encode(data).decode('ascii')}}}"


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
