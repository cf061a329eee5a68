"""The same event again: which exchanges repeat one another, byte for byte."""

from __future__ import annotations

import json

from harness.model.messages import Answer, Outcome
from harness.model.scope import Exchange, Scope

Repeats = tuple[Exchange, ...]
"""Exchanges with the same event and the same bytes, in the order sent; at least two."""


def repeats(scope: Scope) -> tuple[Repeats, ...]:
    """Return every group of exchanges that repeat one another."""
    groups: dict[tuple[int, bytes], list[Exchange]] = {}
    for exchange in sorted(scope.exchanges, key=lambda e: e.sent):
        if exchange.event:
            groups.setdefault((exchange.event, exchange.data), []).append(exchange)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def accepted(exchanges: Repeats) -> Repeats:
    """Return those that were accepted, in the order answered."""
    return tuple(sorted((e for e in exchanges if e.outcome is Outcome.ACCEPTED), key=lambda e: e.done))


def earlier_of_event(scope: Scope, exchange: Exchange) -> Repeats:
    """Return the exchanges sent before ``exchange`` that carry its event, whatever their bytes."""
    return tuple(e for e in scope.of_event(exchange.event) if exchange.event and e.sent < exchange.sent)


def comparable(exchange: Exchange) -> bool:
    """Tell whether a clean run says what the answer is: the message was the operation's own example."""
    return exchange.planned is None or not exchange.planned.altered


def same_body(one: Answer, other: Answer) -> bool:
    """Tell whether two answers carry the same: the same bytes, or JSON of the same value and types."""
    if one.body == other.body:
        return True
    try:
        values = [json.dumps(json.loads(answer.body), sort_keys=True) for answer in (one, other)]
    except (ValueError, RecursionError):
        return False
    return values[0] == values[1]
