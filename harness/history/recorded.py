"""Answers to the same requests in two runs become one answer book: what differs between them is noise, typed.

A value that is an identity, a field of an earlier answer or of the same one is written as such; else what differs is
``{uuid}``, ``{now}``, ``{number}`` or ``{text}``. What is equal in both runs is promised to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from harness.history.references import answer_json
from harness.model.clients import NOISE, BookExchange, ClientBook, PromisedAnswer
from harness.model.errors import UsageError
from harness.model.messages import Answer, Headers, placeholder
from harness.model.scope import Exchange

UNPROMISED = frozenset(
    {"date", "server", "connection", "keep-alive", "content-length", "transfer-encoding", "via", "age"}
)
"""Header fields of the server and of the way, which no version promises."""
OF_AN_OLD_VERSION = ("Deprecation", "Sunset", "Link")
"""Header fields that every answer of a declared old version shows; a Link only where it is about the version."""
SORTED = frozenset({"allow", "vary"})

_ABOUT_VERSIONS = re.compile(r"rel=\"?[^\";]*(?:deprecation|sunset|successor-version|latest-version)")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WORDS = re.compile(r"\{(?:" + "|".join(NOISE) + r"|answer\.[^{}]+|event [0-9]+)\}")
_SHORTEST = 8
"""Characters that a value needs before it is looked for in other values."""

Seen = Mapping[str, Exchange]
"""The exchanges of one run by their names in the book."""
Names = dict[str, str]
"""What stands for a value of one run, by the value."""


class NotAlikeError(UsageError):
    """Two clean runs answered one request differently (``how``): nothing can be promised."""

    def __init__(self, name: str, told: str, how: str) -> None:
        self.how = how
        super().__init__(f"'{name}'{told} {how}")


def recorded(book: ClientBook, one: Seen, two: Seen, told: str) -> ClientBook:
    """Return ``book`` with the answers of two runs; ``told`` says of what they are.

    UsageError where a request was not answered, or the answers differ in more than values.
    """
    names: tuple[Names, Names] = (_identities(one), _identities(two))
    exchanges: list[BookExchange] = []
    for exchange in book.exchanges:
        answers = (_answer(one, exchange.name), _answer(two, exchange.name))
        exchanges.append(replace(exchange, answer=Pair(exchange.name, answers, names, book.free).promised()))
    answers_of_one = [_answer(one, exchange.name) for exchange in book.exchanges]
    return replace(book, exchanges=tuple(exchanges), deprecation=_deprecation(answers_of_one), recorded=told)


def _identities(seen: Seen) -> Names:
    return {exchange.identity: placeholder(exchange.event) for exchange in seen.values() if exchange.event}


def _answer(seen: Seen, name: str) -> Answer:
    exchange = seen.get(name)
    if exchange is None or exchange.answer is None or not exchange.answer.valid or not exchange.answer.complete:
        why = f": {exchange.silence or exchange.detail}" if exchange else ": it was not sent"
        raise UsageError(f"'{name}' has no whole answer, so there is nothing to record{why}")
    return exchange.answer


def _deprecation(answers: list[Answer]) -> Headers:
    """Return the headers of an old version that the answers show; UsageError where two of them disagree."""
    found: list[tuple[str, str]] = []
    for name in OF_AN_OLD_VERSION:
        shown = {tuple(_about_versions(answer, name)) for answer in answers} - {()}
        if len(shown) > 1:
            raise UsageError(f"answers show different values of {name}: {sorted(shown)}")
        found.extend((name, value) for values in shown for value in values)
    return tuple(found)


def _about_versions(answer: Answer, wanted: str) -> Iterator[str]:
    for name, value in answer.headers:
        if name.lower() == wanted.lower() and (wanted != "Link" or _ABOUT_VERSIONS.search(value)):
            yield value


class Pair:
    """The two answers to one exchange. ``names`` of each run grow by the fields that differ.

    ``of_the_book``: headers about the age of a version are promised by the book as a whole, and not by each answer.
    """

    def __init__(
        self,
        name: str,
        answers: tuple[Answer, Answer],
        names: tuple[Names, Names],
        free: tuple[str, ...],
        *,
        of_the_book: bool = True,
    ) -> None:
        self._name = name
        self._answers = answers
        self._names = names
        self._free = [_as_pattern(pointer) for pointer in free]
        self._of_the_book = of_the_book
        self._own: tuple[Names, ...] = ({}, {})

    def promised(self) -> PromisedAnswer:
        """Return what both answers have in common."""
        one, two = self._answers
        if one.status != two.status:
            raise self._differ(f"status {one.status} and {two.status}")
        (is_json, first), (both_json, second) = answer_json(one), answer_json(two)
        if not (is_json and both_json and first is not None):
            text = self._text(one.body.decode("latin-1"), two.body.decode("latin-1")).encode("latin-1")
            return PromisedAnswer(status=one.status, headers=self._headers(), text=text or None)
        document = self._value(first, second, "")
        fields = list(_fields(first, second))
        self._own = tuple({values[n]: f"{{answer.{path}}}" for path, *values in fields} for n in (0, 1))
        headers = self._headers()
        self._remember(fields)
        return PromisedAnswer(status=one.status, headers=headers, json=document)

    def _differ(self, how: str) -> UsageError:
        return NotAlikeError(self._name, " was answered differently in two clean runs:", how)

    def _remember(self, fields: list[tuple[str, str, str]]) -> None:
        """Let later answers speak of the fields of this one, unless they are known by an earlier name."""
        for path, *values in fields:
            for known, value in zip(self._names, values, strict=True):
                known.setdefault(value, f"{{{self._name}.{path}}}")

    def _headers(self) -> Headers:
        one, two = ([(n, v) for n, v in a.headers if self._is_promised(n, v)] for a in self._answers)
        if [name.lower() for name, _ in one] != [name.lower() for name, _ in two]:
            raise self._differ(f"headers {sorted(n for n, _ in one)} and {sorted(n for n, _ in two)}")
        return tuple(
            (name, self._text(_in_order(name, first), _in_order(name, second)))
            for (name, first), (_, second) in zip(one, two, strict=True)
        )

    def _is_promised(self, name: str, value: str) -> bool:
        old = self._of_the_book and name.lower() in {known.lower() for known in OF_AN_OLD_VERSION}
        about = old and (name.lower() != "link" or _ABOUT_VERSIONS.search(value))
        return name.lower() not in UNPROMISED and not about

    def _value(self, first: Any, second: Any, where: str) -> Any:
        """Return the promise of a JSON value at ``where``."""
        if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
            return {name: self._value(first[name], second[name], f"{where}/{_escaped(name)}") for name in first}
        if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
            pairs = enumerate(zip(first, second, strict=True))
            return [self._value(one, two, f"{where}/{index}") for index, (one, two) in pairs]
        if isinstance(first, str) and isinstance(second, str):
            return "{text}" if any(free.fullmatch(where) for free in self._free) else self._text(first, second)
        if first == second and type(first) is type(second):
            return first
        if _is_number(first) and _is_number(second):
            return "{number}"
        raise self._differ(f"{where or 'the body'} is {first!r} and {second!r}")

    def _text(self, first: str, second: str) -> str:
        """Return the promise of a text: symbols for what is known, then the kind of what differs."""
        if _WORDS.search(first):
            how = f"{first!r} holds what a book writes for noise; leave this request out"
            raise NotAlikeError(self._name, ":", how)
        sources = zip((first, second), self._names, self._own, strict=True)
        one, two = (_symbolic(text, own | known) for text, known, own in sources)
        if one == two:
            return one
        if _UUID.sub("{uuid}", one) == _UUID.sub("{uuid}", two):
            return _UUID.sub("{uuid}", one)
        return "{now}" if _is_time(first) and _is_time(second) else "{text}"


def _symbolic(text: str, known: Names) -> str:
    for value in sorted((value for value in known if len(value) >= _SHORTEST), key=len, reverse=True):
        text = text.replace(value, known[value])
    return text


def _fields(first: Any, second: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield path and values of every text that differs between two documents, through objects alone."""
    for name in first.keys() & second.keys() if isinstance(first, dict) and isinstance(second, dict) else ():
        below = f"{path}.{name}" if path else name
        one, two = first[name], second[name]
        if isinstance(one, str) and isinstance(two, str) and one != two and not set(name) & set("{}."):
            yield below, one, two
        yield from _fields(one, two, below)


def _as_pattern(pointer: str) -> re.Pattern[str]:
    return re.compile(re.escape(pointer).replace(r"/\*", "/[^/]+"))


def _in_order(name: str, value: str) -> str:
    if name.lower() not in SORTED:
        return value
    return ", ".join(sorted(part.strip() for part in value.split(",")))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
