"""What a case promised to its exchanges, held against what came of them."""

from __future__ import annotations

import json

from harness.checks._timing import held_up, margin
from harness.history import compared
from harness.history.compared import Change, Context, document
from harness.model.clients import Promise
from harness.model.degraded import says_degraded
from harness.model.messages import Answer, Silence
from harness.model.scope import Exchange, Scope

IMPATIENT = (503, 504)
"""What a service in want of time answers."""


def promised(scope: Scope) -> tuple[tuple[Exchange, Promise], ...]:
    """Return the exchanges of a case that something was promised for."""
    return tuple((e, e.planned.promise) for e in scope.exchanges if e.planned and e.planned.promise)


def changes(scope: Scope, exchange: Exchange, promise: Promise) -> tuple[Change, ...]:
    """Return how the answer of ``exchange`` differs from the recorded one; empty: it does not, or none was recorded."""
    recorded, answer = promise.answer, exchange.answer
    if recorded is None or answer is None:
        return ()
    client = f"{promise.client}/"
    named = {e.label.removeprefix(client): document(e.answer) for e in scope.exchanges if e.label.startswith(client)}
    identities = {e.event: e.identity for e in scope.exchanges if e.event}
    return compared.changes(Context(identities, named).of(document(answer)), recorded, answer)


def part_missing(scope: Scope, exchange: Exchange, promise: Promise) -> bool:
    """Tell whether an answer says, where its operation declares it, that a part is missing which was recorded.

    It is honest and cannot be compared: whether the machine or the service was too slow is not known here.
    """
    operation, recorded = scope.configuration.operation(exchange.operation), promise.answer
    if recorded is None or not says_degraded(operation, exchange.answer):
        return False
    return not says_degraded(operation, Answer(status=recorded.status, body=json.dumps(recorded.json).encode()))


def incomparable(scope: Scope, exchange: Exchange, promise: Promise) -> str:
    """Say why an answer cannot be compared: a part is missing, or the machine left no time; empty: it can."""
    if part_missing(scope, exchange, promise):
        return "it says that a part is missing, with no fault armed"
    if exchange.silence is not Silence.TIMEOUT and exchange.status not in IMPATIENT:
        return ""
    return held_up(scope, exchange.sent, exchange.done, margin(scope))
