"""Text that is not YAML, told in words that say what to do and where the trouble began.

PyYAML says what its parser stumbled over, in the parser's words; an unclosed quote is told at the end of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from re import Match

import yaml

Place = tuple[int, int]
"""Line and column, both from 1; 0 where they are not known."""

_BREAK = re.compile(r"\r\n|[\r\n]")
_UNSEEN = "U+00A0"
_TOKENS = {
    "<stream end>": "the end of the file",
    "<scalar>": "text",
    "<block mapping start>": "a key",
    "<block sequence start>": "a list",
    "<block end>": "the end of what is indented",
    "<document start>": "---",
    "<document end>": "...",
    "<anchor>": "an anchor",
    "<alias>": "an alias",
    "<tag>": "a tag",
}
_QUOTED = {
    ":": "; put a text that holds a ': ' in quotes",
    "{": "; put a text that holds a { in quotes",
    "[": "; put a text that holds a [ in quotes",
}
_QUOTES = "a text that begins with {0} needs quotes"


def _tab(_: Match[str], __: str) -> str:
    return "a tab cannot stand here; indent with spaces"


def _reserved(match: Match[str], _: str) -> str:
    return _QUOTES.format(match[1])


def _unclosed(_: Match[str], __: str) -> str:
    return "a quote is opened here and never closed"


def _colon(_: Match[str], __: str) -> str:
    return "a ': ' cannot stand here; put a text that holds one in quotes, or indent this line as those above it"


def _no_colon(_: Match[str], __: str) -> str:
    return "no ': ' follows here; a line is a key, ': ' and its value"


def _flow(match: Match[str], began: str) -> str:
    bracket = {"]": "[", "}": "{"}[match[1]]
    hint = _QUOTED.get(match[2], "")
    return f"the {bracket} of {began} is not closed: expected , or {match[1]} and found {_token(match[2])}{hint}"


def _block(match: Match[str], began: str) -> str:
    return f"{_token(match[1])} does not go on with what begins in {began}; check the indentation, and the quotes above"


def _outside(match: Match[str], _: str) -> str:
    return f"{_token(match[1])} belongs to nothing above it; a file is one mapping of keys and values"


def _no_value(match: Match[str], _: str) -> str:
    return f"expected a value and found {_token(match[1])}"


def _escape(match: Match[str], _: str) -> str:
    return rf"\{match[1]} is no escape; write \\ for a backslash, or put the text in single quotes"


def _mark(match: Match[str], _: str) -> str:
    return f"expected a name after & or *, and found {match[1]}; a text that begins with & or * needs quotes"


_SAYINGS: tuple[tuple[re.Pattern[str], bool, Callable[[Match[str], str], str]], ...] = (
    (re.compile(r"found character '\\t' that cannot start any token"), False, _tab),
    (re.compile(r"found character '(.)' that cannot start any token"), False, _reserved),
    (re.compile(r"found unexpected (?:end of stream|document separator)"), True, _unclosed),
    (re.compile(r"mapping values are not allowed here"), False, _colon),
    (re.compile(r"could not find expected ':'"), True, _no_colon),
    (re.compile(r"expected ',' or '([\]}])', but got '(.+)'"), False, _flow),
    (re.compile(r"expected <block end>, but found '(.+)'"), False, _block),
    (re.compile(r"expected '<document start>', but found '(.+)'"), False, _outside),
    (re.compile(r"expected the node content, but found '(.+)'"), False, _no_value),
    (re.compile(r"found unknown escape character '(.)'"), False, _escape),
    (re.compile(r"expected alphabetic or numeric character, but found '?(.+?)'?"), False, _mark),
)
"""What PyYAML says, whether the place to show is where the trouble began, and what is told instead."""


def told(error: yaml.MarkedYAMLError, text: str) -> tuple[Place, str]:
    """Return where ``text`` stops being YAML, and why; what has no words of ours is told in those of PyYAML."""
    place, why = _told(error)
    line = _BREAK.split(text)[place[0] - 1] if place[0] else ""
    unseen = f"; this line holds a no-break space ({_UNSEEN}), which means nothing here" if "\xa0" in line else ""
    return place, f"not YAML: {why}{unseen}"


def _told(error: yaml.MarkedYAMLError) -> tuple[Place, str]:
    where, began = _place(error.problem_mark), _place(error.context_mark)
    where, began = (where, began) if where[0] else (began, began)
    problem = str(error.problem or error.context)
    for pattern, at_beginning, say in _SAYINGS:
        match = pattern.fullmatch(problem)
        if match:
            return (began if at_beginning and began[0] else where), say(match, f"line {began[0]}")
    return where, problem


def _place(mark: yaml.Mark | None) -> Place:
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _token(word: str) -> str:
    """Return what the parser calls a token, as its author would."""
    return _TOKENS.get(word, word)
