"""What is legal is accepted, however unusual it looks."""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, rule, told
from harness.checks._messages import blame, expectation, is_expected, under_test
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected
from harness.model.verdicts import Blame, Severity

NAME = "accepts-legal"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered legal message under test; a 5xx is another check's."""
    legal = [e for e in under_test(scope) if is_expected(e, Expected.ACCEPTED) and e.answer is not None]
    refused = [exchange for exchange in legal if exchange.outcome is Outcome.REJECTED]
    return judgement(NAME, scope, len(legal), [_finding(scope, exchange) for exchange in refused])


def _finding(scope: Scope, exchange: Exchange) -> Finding:
    layer = blame(scope, exchange, 4)
    return finding(
        NAME,
        scope,
        [*_earlier(scope, exchange), exchange],
        symptom="legal message rejected",
        severity=Severity.MAJOR,
        force=expectation(exchange).force,
        happened=told(exchange),
        expected=rule(exchange, "the message is legal and is accepted"),
        why="a caller who keeps the contract is turned away, and retrying cannot help",
        blame=layer,
        reached_data=layer is Blame.APPLICATION,
    )


def _earlier(scope: Scope, exchange: Exchange) -> tuple[Exchange, ...]:
    """Return what was sent of the same event before: alone, the message might be accepted."""
    before = scope.of_event(exchange.event) if exchange.event else ()
    return tuple(earlier for earlier in before if earlier.sent < exchange.sent)


CHECK = Check(
    name=NAME,
    title="Legal messages are accepted",
    doc="A message that the contract allows is not answered 4xx.",
    families=frozenset({Family.MALFORMED}),
    judge=judge,
)
