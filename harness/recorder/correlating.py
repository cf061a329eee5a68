"""Which call belongs to which request: by a value that was handed on, or because one request was at work alone. Pure.

A value that stands in one request alone and in a call tells where the call comes from, if its place in the call has
shown that it does: it never told another request than the only one at work, and told right where that could be seen.
What cannot be told is no guess: it is left, and said.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, unquote, urlsplit

from harness.model.messages import Headers
from harness.model.records import record

_LEAST = 8
"""Characters that a value has at least: shorter ones stand in many messages by chance."""

_MOST = 200
_DEEPEST = 20

Value = tuple[str, str]
"""Where in a message a value stands, and the value."""


@record
class Span:
    """A request or a call: seconds of its beginning and end, and the values in it."""

    began: float
    ended: float
    values: frozenset[Value] = frozenset()


def owners(exchanges: Sequence[Span], calls: Sequence[Span]) -> tuple[int | None, ...]:
    """Return for each call the number of the exchange that it belongs to; None where that cannot be told."""
    only = _only_in(exchanges)
    at_work = [
        frozenset(n for n, each in enumerate(exchanges) if each.began <= call.began <= each.ended) for call in calls
    ]
    told = [_told(call, only, exchanges) for call in calls]
    trusted = _trusted(told, at_work)
    return tuple(_owner(told[n], at_work[n], trusted) for n in range(len(calls)))


def values_of(target: str, headers: Headers, body: bytes) -> frozenset[Value]:
    """Return the values of a message that are long enough to tell something."""
    parts = urlsplit(target)
    found = [("path", unquote(part)) for part in parts.path.split("/")]
    found += [(f"query {name}", value) for name, value in parse_qsl(parts.query)]
    found += [(f"header {name.lower()}", value) for name, value in headers]
    found += _leaves("body", _json(body), _DEEPEST)
    return frozenset((place, value) for place, value in found if _LEAST <= len(value) <= _MOST)


def _json(body: bytes) -> object:
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found


def _leaves(place: str, value: object, deep: int) -> Iterator[Value]:
    """Yield the texts of a JSON value; items of a list share their place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict) and deep:
        for name, child in value.items():
            yield from _leaves(f"{place}/{name}", child, deep - 1)
    elif isinstance(value, list) and deep:
        for child in value:
            yield from _leaves(place, child, deep - 1)


def _only_in(exchanges: Sequence[Span]) -> Mapping[str, int]:
    """Return the values that stand in one exchange alone, and in which."""
    holders: dict[str, set[int]] = defaultdict(set)
    for number, exchange in enumerate(exchanges):
        for _, value in exchange.values:
            holders[value].add(number)
    return {value: numbers.pop() for value, numbers in holders.items() if len(numbers) == 1}


def _told(call: Span, only: Mapping[str, int], exchanges: Sequence[Span]) -> Mapping[str, int]:
    """Return which exchange each place of a call tells of; a call is never older than its exchange."""
    told: dict[str, set[int]] = defaultdict(set)
    for place, value in call.values:
        for known in _spellings(value):
            if known in only and exchanges[only[known]].began <= call.began:
                told[place].add(only[known])
    return {place: numbers.pop() for place, numbers in told.items() if len(numbers) == 1}


def _spellings(value: str) -> Iterable[str]:
    """Return a value, and the words in it: ``batch-<id>`` and a traceparent hold what was handed on."""
    return {value, *value.split("-", 1)[1:], *(part for part in value.split("-") if len(part) >= _LEAST)}


def _trusted(told: Sequence[Mapping[str, int]], at_work: Sequence[frozenset[int]]) -> frozenset[str]:
    """Return the places that have shown that they tell the truth.

    One that ever told of a request that was not at work while just one was has shown the contrary. It was right where
    it told of the only one, or of two different ones among several, each of them at work.
    """
    right: dict[str, set[int]] = defaultdict(set)
    alone: set[str] = set()
    wrong: set[str] = set()
    for places, working in zip(told, at_work, strict=True):
        for place, number in places.items():
            if number in working:
                right[place].add(number)
                alone |= {place} if len(working) == 1 else set()
            elif len(working) == 1:
                wrong.add(place)
    return frozenset(place for place, numbers in right.items() if place in alone or len(numbers) > 1) - wrong


def _owner(told: Mapping[str, int], working: frozenset[int], trusted: frozenset[str]) -> int | None:
    named = {number for place, number in told.items() if place in trusted}
    if len(named) == 1:
        return named.pop()
    return min(working) if len(working) == 1 and not named else None
