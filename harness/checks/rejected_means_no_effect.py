"""Rejected, incomplete or never answered: in none of these does anything happen at a dependency."""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, rule, told
from harness.checks._messages import blame, is_expected, several_messages, under_test
from harness.checks._rest import unrested
from harness.checks.registry import Check
from harness.history.owners import accounts, actor
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected
from harness.model.verdicts import Severity

NAME = "rejected-means-no-effect"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each message that was refused, or had to be and failed or was not answered."""
    ledger = accounts(scope)
    shared = _accepted_events(scope)
    refused = [e for e in under_test(scope) if _refused(e) and actor(e) not in shared and not several_messages(e)]
    findings = [
        _finding(scope, exchange, kind, number)
        for exchange in refused
        for kind, number in ledger.new_of(exchange).items()
    ]
    unknown = list(ledger.not_known()) if refused else []
    if refused and scope.unsettled:
        unknown.append(f"an effect may still come, the case did not come to rest: {unrested(scope)}")
    return judgement(NAME, scope, len(refused), findings, unknown)


def _accepted_events(scope: Scope) -> frozenset[int]:
    """Return the events that an accepted message carried, too: their effects are rightly there."""
    return frozenset(actor(e) for e in scope.exchanges if e.outcome is Outcome.ACCEPTED)


def _refused(exchange: Exchange) -> bool:
    if exchange.outcome is Outcome.REJECTED:
        return True
    bad = is_expected(exchange, Expected.REJECTED, Expected.UNANSWERED_OR_REJECTED)
    return bad and (exchange.silence is not None or exchange.outcome is Outcome.FAILED)


def _finding(scope: Scope, exchange: Exchange, kind: str, number: int) -> Finding:
    return finding(
        NAME,
        scope,
        [exchange],
        symptom="effect despite rejection",
        severity=Severity.CRITICAL,
        call=kind,
        happened=f"{told(exchange)}, yet {kind} took effect {number} time{'s' if number > 1 else ''}",
        expected=rule(exchange, "a message that is refused or incomplete changes nothing anywhere"),
        why="the caller believes that nothing happened and will send the corrected message as well",
        blame=blame(scope, exchange, 2),
    )


CHECK = Check(
    name=NAME,
    title="Rejected means no effect",
    doc="A message that is refused, or had to be and failed or went unanswered, has no effect at any dependency.",
    families=frozenset({Family.MALFORMED}),
    judge=judge,
)
