"""An event sent again with its body spelt otherwise is the same event, or it is refused: never a second one.

Which of the two is the service's own rule. That it has no second effect is judged by ``one-effect-per-event``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from harness.checks._evidence import answer_told, finding, judgement, told
from harness.checks._repeats import earlier_of_event, same_body
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Force, Severity

NAME = "same-event-spelt-otherwise"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered message that says what an accepted one of its event said."""
    pairs = [
        (first, exchange)
        for exchange in scope.exchanges
        if exchange.answer is not None
        for first in earlier_of_event(scope, exchange)[:1]
        if first.outcome is Outcome.ACCEPTED and first.data != exchange.data and _same_meaning(first, exchange)
    ]
    return judgement(NAME, scope, len(pairs), [found for pair in pairs for found in _findings(scope, *pair)])


def _same_meaning(one: Exchange, other: Exchange) -> bool:
    """Tell whether two messages carry JSON of the same value."""
    values = [_document(exchange.data) for exchange in (one, other)]
    return values[0] is not None and values[0] == values[1]


def _document(data: bytes) -> str | None:
    """Return the JSON of a message in one spelling; None where its body is not JSON."""
    try:
        return json.dumps(json.loads(data.partition(b"\r\n\r\n")[2]), sort_keys=True)
    except (ValueError, RecursionError):
        return None


def _findings(scope: Scope, first: Exchange, exchange: Exchange) -> Iterator[Finding]:
    if exchange.outcome is Outcome.REJECTED:
        why = "a client that builds its request anew for a retry, in another order of names, cannot retry"
        yield _finding(scope, (first, exchange), "refused", Severity.MINOR, Force.SHOULD, told(exchange), why)
    elif exchange.outcome is Outcome.FAILED:
        why = "an order of names decides whether the service can answer"
        yield _finding(scope, (first, exchange), str(exchange.status), Severity.MAJOR, Force.MUST, told(exchange), why)
    elif first.answer and exchange.answer and not same_body(first.answer, exchange.answer):
        happened = f"answered {answer_told(exchange.answer)} instead of {answer_told(first.answer)}"
        why = "one event has become two: the caller that asks again learns of another result than the real one"
        yield _finding(scope, (first, exchange), "different answer", Severity.MAJOR, Force.MUST, happened, why)


def _finding(
    scope: Scope,
    exchanges: tuple[Exchange, Exchange],
    symptom: str,
    severity: Severity,
    force: Force,
    happened: str,
    why: str,
) -> Finding:
    return finding(
        NAME,
        scope,
        exchanges,
        symptom=symptom,
        severity=severity,
        force=force,
        happened=f"the same event came with the same document in other bytes: {happened}",
        expected="the first answer, or a refusal where the service compares bytes",
        why=why,
    )


CHECK = Check(
    name=NAME,
    title="The same event, spelt otherwise",
    doc="An event whose document comes again in other bytes gets the first answer or is refused, never done anew.",
    families=frozenset({Family.DUPLICATE}),
    judge=judge,
)
