"""Different events have different answers: none is answered with what belongs to another.

Events are different where their identities are, or where the operations are. A refusal is always fair: whether two
nearly equal identities are one is the service's own affair, as long as nobody gets a wrong answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, told
from harness.checks.registry import Check
from harness.history.owners import found_in
from harness.history.references import answer_json, leaves
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.records import record
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Severity

NAME = "events-kept-apart"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered message before which another event was accepted."""
    known = _Known(receipts={}, identities={}, events=set())
    opportunities = 0
    findings: list[Finding] = []
    for exchange in sorted(scope.exchanges, key=lambda e: e.sent):
        if exchange.answer is None or not exchange.event:
            continue
        opportunities += bool(known.events - {_event(exchange)})
        if exchange.outcome is Outcome.ACCEPTED:
            findings.extend(_findings(scope, exchange, known))
            _remember(scope, exchange, known)
    return judgement(NAME, scope, opportunities, findings)


Event = tuple[int, str]
"""An event: its number, and the operation at which it was asked for."""


@record
class _Known:
    """What was accepted so far: by what an answer tells of itself, by identity, and as events."""

    receipts: dict[object, Exchange]
    identities: dict[bytes, Exchange]
    events: set[Event]


def _event(exchange: Exchange) -> Event:
    return exchange.event, exchange.operation


def _remember(scope: Scope, exchange: Exchange, known: _Known) -> None:
    known.events.add(_event(exchange))
    for receipt in _receipts(scope, exchange):
        known.receipts.setdefault(receipt, exchange)
    if exchange.identity:
        known.identities.setdefault(exchange.identity.encode(), exchange)


def _findings(scope: Scope, exchange: Exchange, known: _Known) -> Iterator[Finding]:
    """Yield what shows that an accepted message was answered as if it were another event."""
    for receipt in _receipts(scope, exchange):
        other = known.receipts.get(receipt)
        if other is not None and _event(other) != _event(exchange):
            yield _finding(scope, other, exchange, "answered as another event")
            return
    body = exchange.answer.body if exchange.answer else b""
    for name in sorted(found_in(body, known.identities)):
        other = known.identities[name]
        if other.identity != exchange.identity and name not in exchange.data:
            yield _finding(scope, other, exchange, "another event's data")
            return


def _receipts(scope: Scope, exchange: Exchange) -> Iterator[object]:
    """Yield what no other event can be answered: its identifiers, and the whole document where it holds any.

    Which values are identifiers the clean runs showed.
    """
    reference = scope.references.get(exchange.operation)
    noise = reference.noise if reference is not None and not reference.trouble else {}
    is_json, value = answer_json(exchange.answer) if exchange.answer else (False, None)
    found = leaves(value) if is_json else {}
    names = tuple(pointer for pointer, kind in noise.items() if kind == "identifier" and pointer in found)
    if names:
        yield (exchange.operation, *(found[name] for name in names))
        yield json.dumps(value, sort_keys=True)


def _finding(scope: Scope, other: Exchange, exchange: Exchange, symptom: str) -> Finding:
    return finding(
        NAME,
        scope,
        [other, exchange],
        symptom=symptom,
        severity=Severity.CRITICAL,
        happened=f"{told(other)}; {told(exchange)}, though it is another event",
        expected="each event is answered with its own result, or refused",
        why="one caller gets another's receipt, and what it asked for is never done",
    )


CHECK = Check(
    name=NAME,
    title="Events are kept apart",
    doc="An event is answered with its own result or refused, never with the result of another event or operation.",
    families=frozenset({Family.DUPLICATE}),
    judge=judge,
)
