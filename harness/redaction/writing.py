"""A value as it is written in a message: escaped in JSON, in percent in a form. Its token is written the same way.

So the same value has the same token wherever it stands, and no length of a message moves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from enum import StrEnum


class Writing(StrEnum):
    """How a value is written where it was found."""

    PLAIN = "plain"
    JSON = "json"
    """A JSON value, escaped or not: a string with its quotes, a number, an object."""
    FORM = "form"
    """Percent-encoded, as in a query or a form."""
    COOKIE = "cookie"
    ESCAPED = "escaped"
    """Inside of a string in JSON: with its escapes, without its quotes."""


Tokenise = Callable[[str], str]

_ESCAPES = {
    Writing.PLAIN: re.compile(r"(?P<plain>.)", re.DOTALL),
    Writing.COOKIE: re.compile(r"(?P<plain>.)", re.DOTALL),
    Writing.ESCAPED: re.compile(r"(?P<unit>\\+u[0-9a-fA-F]{4})|(?P<kept>\\+.?)|(?P<plain>.)", re.DOTALL),
    Writing.FORM: re.compile(r"(?P<percent>(?:%[0-9a-fA-F]{2})+)|(?P<kept>\+)|(?P<plain>.)", re.DOTALL),
}
_SCALAR = re.compile(r"(?P<escape>\\{0,15})(?P<quote>[\"'])|(?P<word>[^\s,:{}\[\]\"'\\]+)")
_NUMBER = re.compile(r"(?P<digits>-?\d[\d.]*)(?P<exponent>(?:[eE][+-]?\d*)?)")
_SAYS_NOTHING = frozenset({"true", "false", "null", "True", "False", "None", "NaN", "Infinity", "-Infinity"})
_NAME_ENDS = re.compile(r"\s*:")
_STANDS_FOR = {'"': '"', "'": "'", "/": "/", "\\": "\\", "t": "\t", "+": " "}
_SURROGATES = range(0xD800, 0xE000)


def rewritten(text: str, writing: Writing, token: Tokenise, kept: Container[str] = ()) -> str:
    """Return what is written as ``text`` with its value replaced by the token of it, in the same writing and length.

    What stands in JSON under a name in ``kept`` stays.
    """
    return _json(text, token, kept) if writing is Writing.JSON else _encoded(text, writing, token)


def string_end(text: str, start: int, escape: str, quote: str) -> int:
    """Return the position behind the quote that ends a string.

    At nesting depth d a quote is written behind e = 2^d - 1 backslashes; it ends the string when the run of backslashes
    before it leaves e modulo 2(e + 1), as an escaped backslash takes twice as many.
    """
    depth = len(escape)
    position = start
    while (found := text.find(quote, position)) >= 0:
        before = text[start:found]
        backslashes = len(before) - len(before.rstrip("\\"))
        if backslashes % (2 * (depth + 1)) == depth:
            return found + 1
        position = found + 1
    return len(text)


def _json(text: str, token: Tokenise, kept: Container[str]) -> str:
    """Replace every string and number of a JSON value; the names in an object and its words (true, null) stay."""
    pieces: list[str] = []
    position = 0
    name = ""
    while match := _SCALAR.search(text, position):
        pieces.append(text[position : match.start()])
        position = match.end()
        chosen = str if name in kept else token
        if match["quote"] is None:
            pieces.append(_scalar(match["word"], chosen))
            continue
        end = string_end(text, position, match["escape"], match["quote"])
        inner = text[position:end].removesuffix(match[0])
        closing = text[position + len(inner) : end]
        named = _NAME_ENDS.match(text, end)
        name = inner if named else name
        pieces += match[0], inner if named else _encoded(inner, Writing.ESCAPED, chosen), closing
        position = end
    return "".join(pieces) + text[position:]


def _scalar(word: str, token: Tokenise) -> str:
    """Return what stands for a value without quotes: a number stays one, and what only words of JSON say stays."""
    if word in _SAYS_NOTHING:
        return word
    number = _NUMBER.fullmatch(word)
    return token(number["digits"]) + number["exponent"] if number else token(word)


def _encoded(text: str, writing: Writing, token: Tokenise) -> str:
    units = [unit for match in _ESCAPES[writing].finditer(text) for unit in _units(match)]
    made = token("".join(character for character, _ in units))
    return "".join(encode(character) for character, (_, encode) in zip(made, units, strict=True))


def _units(match: re.Match[str]) -> list[tuple[str, Callable[[str], str]]]:
    """Return each character that a piece of text stands for, and how a character in its place is written."""
    raw = match[0]
    kind = match.lastgroup
    if kind == "plain":
        return [(raw, str)]
    if kind == "unit" and (number := int(raw[-4:], 16)) not in _SURROGATES:
        spelling = str.upper if raw[-4:].upper() == raw[-4:] else str.lower
        return [(chr(number), lambda made: raw[:-4] + spelling(f"{ord(made):04x}"))]
    if kind == "percent":
        try:
            return [(c, _in_percent(raw)) for c in bytes.fromhex(raw.replace("%", "")).decode("utf-8")]
        except UnicodeDecodeError:
            pass
    # An escape that stands for no letter or digit is written as it was.
    return [(_STANDS_FOR.get(raw[-1], "\n"), lambda _: raw)]


def _in_percent(like: str) -> Callable[[str], str]:
    spelling = str.upper if like.upper() == like else str.lower
    return lambda made: "".join(f"%{spelling(f'{byte:02x}')}" for byte in made.encode("utf-8"))
