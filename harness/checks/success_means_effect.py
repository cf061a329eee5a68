"""An answer that says it is done is believed only where the dependency's ledger agrees."""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import blame_under_fault, is_expected, owes_effects
from harness.checks._rest import unrested
from harness.checks.registry import Check
from harness.history.owners import accounts, expected_effects, tried
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected, Phase
from harness.model.verdicts import Force, Severity

NAME = "success-means-effect"
_DECLARED = frozenset({Outcome.FAILED, Outcome.REJECTED})


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each accepted message of an event and each kind of effect that it is to have.

    A failure that was declared under a fault is one, too: there it could have been said that all is done.
    """
    made = tried(scope)
    declared = [
        kind
        for exchange in scope.exchanges
        if exchange.event and exchange.phase is Phase.FAULT and exchange.outcome in _DECLARED
        if not is_expected(exchange, Expected.REJECTED)
        for kind in expected_effects(scope, exchange.operation)
    ]
    claims = [
        (exchange, kind)
        for exchange in scope.exchanges
        if exchange.event and exchange.outcome is Outcome.ACCEPTED and not is_expected(exchange, Expected.REJECTED)
        for kind in expected_effects(scope, exchange.operation)
        if owes_effects(exchange) or kind in made.get(exchange.number, ())
    ]
    ledger = accounts(scope)
    unknown = list(ledger.not_known()) if claims else []
    if claims and scope.unsettled:
        unknown.append(f"effects may still come, the case did not come to rest: {unrested(scope)}")
    empty = [] if unknown else [(e, kind) for e, kind in claims if not ledger.seen_of(e, kind)]
    return judgement(NAME, scope, len(claims) + len(declared), [_finding(scope, e, kind) for e, kind in empty], unknown)


def _finding(scope: Scope, exchange: Exchange, kind: str) -> Finding:
    """Return the finding: binding for the operation's declared effect, advice for others, which may be best effort."""
    declared = scope.configuration.operation(exchange.operation).effect
    binding = declared is not None and kind == f"{declared.dependency} {declared.route}"
    return finding(
        NAME,
        scope,
        [exchange],
        symptom="success without effect",
        severity=Severity.CRITICAL,
        force=Force.MUST if binding else Force.SHOULD,
        call=kind,
        happened=f"{told(exchange)}, and {kind} never took effect for it",
        expected="2xx only where the effect is done by the end of the case; else a declared failure"
        + ("" if binding else f" (or declare {kind} as 'effect: none', if losing it is meant)"),
        why="the caller was told that it is done, so nobody will ever do it",
        blame=blame_under_fault(scope, exchange),
    )


CHECK = Check(
    name=NAME,
    title="Success means effect",
    doc="A 2xx for an event that has an effect in a clean run is matched by that effect at the dependency.",
    families=frozenset({Family.TIMEOUT}),
    judge=judge,
)
