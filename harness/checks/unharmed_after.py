"""After an invalid message the next valid one is answered and done exactly as in a clean run."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import sane_afterwards
from harness.checks._rest import unrested
from harness.checks.registry import Check
from harness.history.owners import Accounts, accounts
from harness.history.references import differences
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome, Silence
from harness.model.scope import Exchange, Reference, Scope
from harness.model.verdicts import Severity

NAME = "unharmed-after"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each valid message that follows an invalid one. A hang is another check's."""
    reference = scope.reference
    after = [e for e in sane_afterwards(scope) if _comparable(scope, e)]
    if reference is None or reference.trouble:
        return judgement(NAME, scope, 0, unknown=["there is no clean run to compare with"] if after else [])
    ended = [e for e in after if e.answer is not None or e.silence not in (None, Silence.TIMEOUT)]
    ledger = accounts(scope)
    unknown = list(ledger.not_known()) if ended else []
    if ended and scope.unsettled:
        unknown.append(f"effects may still come, the case did not come to rest: {unrested(scope)}")
    findings = [
        found
        for e in ended
        for found in _findings(scope, e, scope.references[e.operation], ledger, countable=not unknown)
    ]
    return judgement(NAME, scope, len(ended), findings, unknown)


def _comparable(scope: Scope, exchange: Exchange) -> bool:
    """Tell whether a message is the case's own operation, or another one whose clean runs are known."""
    other = scope.references.get(exchange.operation)
    return exchange.operation == scope.case.operation or (other is not None and not other.trouble)


def _findings(
    scope: Scope, exchange: Exchange, reference: Reference, ledger: Accounts, *, countable: bool
) -> Iterator[Finding]:
    if exchange.outcome is not Outcome.ACCEPTED or exchange.answer is None:
        yield _finding(scope, exchange, "not accepted", Severity.MAJOR, told(exchange))
        return
    changes = differences(reference, exchange.answer, exchange.data)
    stranger = next((i for i in _others(scope, exchange) if i.encode() in exchange.answer.body), "")
    if stranger:
        happened = f"'{exchange.label}' was answered with another request's identity {stranger}"
        yield _finding(scope, exchange, "another request's data", Severity.CRITICAL, happened)
    elif changes:
        happened = f"'{exchange.label}' was answered otherwise than in a clean run: {'; '.join(changes[:5])}"
        yield _finding(scope, exchange, "different answer", Severity.MAJOR, happened)
    if countable:
        yield from _effects(scope, exchange, reference, ledger)


def _effects(scope: Scope, exchange: Exchange, reference: Reference, ledger: Accounts) -> Iterator[Finding]:
    """Say which kinds of effect happened more or less often than in a clean run."""
    seen = ledger.new_of(exchange)
    for kind in sorted({*seen, *reference.effects}):
        number, wanted = seen.get(kind, 0), reference.effects.get(kind, 0)
        if number != wanted:
            symptom = "lost effect" if number < wanted else "extra effect"
            happened = f"'{exchange.label}' was accepted and {kind} took effect {number} times instead of {wanted}"
            yield _finding(scope, exchange, symptom, Severity.CRITICAL, happened, kind)


def _others(scope: Scope, exchange: Exchange) -> tuple[str, ...]:
    """Return the identities of the case that are not this exchange's own."""
    return tuple({e.identity for e in scope.exchanges if e.identity and e.identity != exchange.identity})


def _finding(
    scope: Scope, exchange: Exchange, symptom: str, severity: Severity, happened: str, call: str = ""
) -> Finding:
    earlier = [e for e in scope.exchanges if e.sent < exchange.sent][-1:]
    return finding(
        NAME,
        scope,
        [*earlier, exchange],
        symptom=symptom,
        severity=severity,
        call=call,
        happened=happened,
        expected="a valid message after an invalid one is answered and takes effect exactly as in a clean run",
        why="one caller's bad message changes what happens to the next caller",
    )


CHECK = Check(
    name=NAME,
    title="Unharmed afterwards",
    doc="A valid message after an invalid one has the answer and the effects of a clean run.",
    families=frozenset({Family.MALFORMED}),
    judge=judge,
)
