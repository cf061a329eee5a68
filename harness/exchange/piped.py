"""What a command prints into the next, as far as it can be told without running it: ``printf``, ``echo``, Python."""

from __future__ import annotations

import ast
import re

from harness.exchange.documents import Source, refused
from harness.exchange.shell import Word

LARGEST = 1 << 26
"""Bytes that a printed body may have."""

_ESCAPE = re.compile(rb"%%|\\(?:([0-7]{1,3})|([abfnrtv\\])|x([0-9A-Fa-f]{1,2}))|[%\\]")
_LETTERS = dict(zip(b"abfnrtv\\", (b"\a", b"\b", b"\f", b"\n", b"\r", b"\t", b"\v", b"\\"), strict=True))
_PYTHON = re.compile(r"import sys; sys\.stdout\.buffer\.write\((?P<bytes>.*)\)\Z", re.DOTALL)


def printed(source: Source, words: tuple[Word, ...]) -> bytes:
    """Return what a command prints; ScenarioError where only running it could tell."""
    name = words[0].text
    if name == "printf" and len(words) == 2:
        return _formatted(source, words[1])
    if name == "echo" and all(not word.data.startswith(b"-") or word.data == b"-n" for word in words[1:]):
        line = b"" if words[1:2] and words[1].data == b"-n" else b"\n"
        return b" ".join(word.data for word in words[1:] if word.data != b"-n") + line
    found = _PYTHON.match(words[2].text) if len(words) == 3 and name == "python3" and words[1].data == b"-c" else None
    data = _value(found["bytes"]) if found else None
    if data is None:
        told = "what this prints is not known here: put the text itself behind --data-raw"
        raise refused(source, told, words[0].line, words[0].column)
    return data


def _formatted(source: Source, word: Word) -> bytes:
    """Return what printf makes of a format without arguments."""

    def written(found: re.Match[bytes]) -> bytes:
        if found.group() == b"%%":
            return b"%"
        if found[2]:
            return _LETTERS[found[2][0]]
        if found[1] or found[3]:
            return bytes([(int(found[1], 8) if found[1] else int(found[3], 16)) & 0xFF])
        raise refused(source, "only escapes are understood in the format of printf", word.line, word.column)

    return _ESCAPE.sub(written, word.data)


def _value(expression: str) -> bytes | None:
    """Return the bytes of literals, repeated and added; None where it is anything else or too large."""
    try:
        return _evaluated(ast.parse(expression, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _evaluated(node: ast.expr) -> bytes:
    match node:
        case ast.Constant(value=bytes() as value):
            return value
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _evaluated(left) + _evaluated(right)
        case ast.BinOp(
            left=ast.Constant(value=bytes() as value), op=ast.Mult(), right=ast.Constant(value=int() as times)
        ):
            if len(value) * times > LARGEST:
                raise ValueError("too large")
            return value * times
        case _:
            raise ValueError("no bytes")
