"""Exact quoting for a POSIX shell, for printf, and for bytes in Python source.

Placeholders of identities and of the service's authority become shell variables on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.model.messages import HOST_PLACEHOLDER

_VARIABLE = re.compile(r"e0e0e0e0-0000-4000-8000-(?P<event>\d{12})|" + re.escape(HOST_PLACEHOLDER.decode()))
_CALM = re.compile(r"[\w .,:;/=?&%+()\[\]{}@-]*\Z", re.ASCII)
"""Text that means itself between double quotes."""
_REPEATED = re.compile(rb"(.{1,16}?)\1{24,}", re.DOTALL)
_PYTHON = {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r", 0x22: '\\"', 0x5C: "\\\\", 0x27: "\\x27"}
_PRINTF = {0x25: "%%", 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}


def quoted(text: str) -> str:
    """Return ``text`` as one word of a POSIX shell, with its placeholders as ``$EVENT_<n>`` and ``${SUT#*//}``."""
    literal = _VARIABLE.split(text)[::2]
    if len(literal) > 1 and all(_CALM.match(part) for part in literal):
        return '"' + _VARIABLE.sub(_variable, text) + '"'
    pieces = "".join(_alternating(text))
    return pieces or "''"


def address(target: str) -> str:
    """Return the shell word of a path and query on the service, ``"$SUT/v1/batches"``."""
    if _CALM.match(target):
        return f'"$SUT{_VARIABLE.sub(_variable, target)}"'
    return f'"$SUT"{quoted(target)}'


def _alternating(text: str) -> Iterator[str]:
    """Yield the literal parts in single quotes and the variables between them in double quotes."""
    position = 0
    for match in _VARIABLE.finditer(text):
        yield _single(text[position : match.start()])
        yield f'"{_variable(match)}"'
        position = match.end()
    yield _single(text[position:])


def _single(text: str) -> str:
    """Return ``text`` between single quotes; nothing for nothing."""
    return "'" + text.replace("'", "'\"'\"'") + "'" if text else ""


def _variable(match: re.Match[str]) -> str:
    """Return the shell variable that stands for a placeholder."""
    return f"$EVENT_{int(match['event'])}" if match["event"] else "${SUT#*//}"


def bytes_expression(data: bytes) -> str:
    """Return a Python expression for ``data`` that holds no single quote; repetition is folded: ``b"["*5000``."""
    parts: list[str] = []
    position = 0
    for match in _REPEATED.finditer(data):
        parts += [_literal(data[position : match.start()])] if match.start() > position else []
        parts.append(f"{_literal(match[1])}*{len(match[0]) // len(match[1])}")
        position = match.end()
    if position < len(data) or not parts:
        parts.append(_literal(data[position:]))
    return "+".join(parts)


def _literal(data: bytes) -> str:
    """Return one bytes literal in double quotes."""
    return 'b"' + "".join(_PYTHON.get(b) or (chr(b) if 0x20 <= b < 0x7F else f"\\x{b:02x}") for b in data) + '"'


def printf_format(data: bytes) -> str:
    """Return the format with which POSIX ``printf`` writes exactly ``data``."""
    return "".join(_PRINTF.get(b) or (chr(b) if 0x20 <= b < 0x7F else f"\\{b:03o}") for b in data)
