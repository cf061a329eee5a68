"""The identity of an event with another body is refused: it is not that event.

That the stored result stays is judged by ``same-answer-for-a-duplicate`` and ``one-effect-per-event``.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, rule, told
from harness.checks._messages import expectation, is_expected
from harness.checks._repeats import earlier_of_event
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected
from harness.model.verdicts import Force, Severity

NAME = "other-body-refused"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered message that must be refused because its event had another body."""
    others = [e for e in scope.exchanges if e.answer is not None and _reused(scope, e)]
    return judgement(NAME, scope, len(others), [found for e in others for found in _findings(scope, e)])


def _reused(scope: Scope, exchange: Exchange) -> bool:
    """Tell whether the event was accepted before with other bytes: only then is there something to protect."""
    before = earlier_of_event(scope, exchange)
    return is_expected(exchange, Expected.REJECTED) and any(
        e.outcome is Outcome.ACCEPTED and e.data != exchange.data for e in before
    )


def _findings(scope: Scope, exchange: Exchange) -> Iterator[Finding]:
    statuses = expectation(exchange).statuses
    if exchange.outcome is not Outcome.REJECTED:
        symptom = "accepted" if exchange.outcome is Outcome.ACCEPTED else str(exchange.status)
        yield _finding(scope, exchange, symptom, Severity.MAJOR, expectation(exchange).force)
    elif statuses and exchange.status not in statuses:
        yield _finding(scope, exchange, "other status", Severity.NOTE, Force.SHOULD)


def _finding(scope: Scope, exchange: Exchange, symptom: str, severity: Severity, force: Force) -> Finding:
    statuses = " or ".join(map(str, expectation(exchange).statuses)) or "4xx"
    return finding(
        NAME,
        scope,
        [earlier_of_event(scope, exchange)[0], exchange],
        symptom=symptom,
        severity=severity,
        force=force,
        happened=f"{told(exchange)}, though its identity had been used with another body",
        expected=f"{statuses}: {rule(exchange, 'an identity used again with another body is refused')}",
        why="the caller believes that its second request was done; it was not, or it changed the first",
    )


CHECK = Check(
    name=NAME,
    title="Another body is refused",
    doc="An identity that was used before is refused with 4xx when it comes with another body.",
    families=frozenset({Family.DUPLICATE}),
    judge=judge,
)
