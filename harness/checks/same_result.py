"""A message that means what the valid example means has the answer and the effects of a clean run."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, rule
from harness.checks._messages import expectation, under_test
from harness.checks._rest import unrested
from harness.checks.registry import Check
from harness.history.owners import Accounts, accounts
from harness.history.references import differences
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Reference, Scope
from harness.model.steps import Compared
from harness.model.verdicts import Severity

NAME = "same-result"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each accepted message whose result is known. A refusal is another check's."""
    same = [e for e in under_test(scope) if expectation(e).compared is Compared.RESULT]
    accepted = [e for e in same if e.outcome is Outcome.ACCEPTED]
    reference = scope.reference
    if reference is None or reference.trouble:
        return judgement(NAME, scope, 0, unknown=["there is no clean run to compare with"] if accepted else [])
    ledger = accounts(scope)
    unknown = list(ledger.not_known()) if accepted else []
    if accepted and scope.unsettled:
        unknown.append(f"effects may still come, the case did not come to rest: {unrested(scope)}")
    findings = [found for e in accepted for found in _findings(scope, e, reference, ledger, countable=not unknown)]
    return judgement(NAME, scope, len(accepted), findings, unknown)


def _findings(
    scope: Scope, exchange: Exchange, reference: Reference, ledger: Accounts, *, countable: bool
) -> Iterator[Finding]:
    changes = differences(reference, exchange.answer, exchange.data) if exchange.answer else ()
    if changes:
        happened = f"'{exchange.label}' was answered otherwise than in a clean run: {'; '.join(changes[:5])}"
        yield _finding(scope, exchange, "different answer", Severity.MAJOR, happened)
    seen = ledger.new_of(exchange)
    for kind in sorted({*seen, *reference.effects}) if countable else ():
        number, wanted = seen.get(kind, 0), reference.effects.get(kind, 0)
        if number != wanted:
            symptom = "lost effect" if number < wanted else "extra effect"
            happened = f"'{exchange.label}' was accepted and {kind} took effect {number} times instead of {wanted}"
            yield _finding(scope, exchange, symptom, Severity.CRITICAL, happened, kind)


def _finding(
    scope: Scope, exchange: Exchange, symptom: str, severity: Severity, happened: str, call: str = ""
) -> Finding:
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=symptom,
        severity=severity,
        force=expectation(exchange).force,
        call=call,
        happened=happened,
        expected=rule(exchange, "what means the same has the same result"),
        why="what comes of a request depends on its spelling or its past, which no caller can see",
    )


CHECK = Check(
    name=NAME,
    title="The same meaning has the same result",
    doc="An accepted message that means what the valid example means has the answer and the effects of a clean run.",
    families=frozenset({Family.MALFORMED}),
    judge=judge,
)
