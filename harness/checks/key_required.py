"""Without the key that makes it an event a request is refused and does nothing; on a read the key does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, rule, told
from harness.checks._messages import expectation, is_expected
from harness.checks.registry import Check
from harness.history.owners import Accounts, accounts
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected, ReadBack
from harness.model.verdicts import Force, Severity

NAME = "key-required"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered request without its key, and for each read with one."""
    answered = [exchange for exchange in scope.exchanges if exchange.answer is not None]
    bare = [e for e in answered if not e.event and is_expected(e, Expected.REJECTED)]
    keyed = {step.label for step in scope.case.steps if isinstance(step, ReadBack) and step.headers}
    reads = [e for e in answered if e.label in keyed]
    ledger = accounts(scope)
    findings = [found for e in bare for found in _bare(scope, e)]
    findings += [found for e in reads for found in _read(scope, e)]
    findings += [
        found
        for e in (*bare, *reads)
        if e in reads or e.outcome is Outcome.REJECTED
        for found in _effects(scope, e, ledger)
    ]
    unknown = ledger.not_known() if bare or reads else ()
    return judgement(NAME, scope, len(bare) + len(reads), findings, unknown)


def _bare(scope: Scope, exchange: Exchange) -> Iterator[Finding]:
    statuses = expectation(exchange).statuses
    expected = f"{' or '.join(map(str, statuses)) or '4xx'}: {rule(exchange, 'the key is required')}"
    if exchange.outcome is not Outcome.REJECTED:
        symptom = "accepted" if exchange.outcome is Outcome.ACCEPTED else str(exchange.status)
        why = "without a key the caller cannot ask again without doing it twice, and is not told so"
        yield _finding(scope, exchange, symptom, Severity.MAJOR, expectation(exchange).force, expected, why)
    elif statuses and exchange.status not in statuses:
        why = "a client that reads the code is told of another fault than the one it made"
        yield _finding(scope, exchange, "other status", Severity.NOTE, Force.SHOULD, expected, why)


def _read(scope: Scope, exchange: Exchange) -> Iterator[Finding]:
    if exchange.outcome is not Outcome.ACCEPTED:
        expected = "a key on a read is ignored: the read is answered as without it"
        why = "a client that sends the key with every request cannot read"
        yield _finding(scope, exchange, f"read answered {exchange.status}", Severity.MAJOR, Force.SHOULD, expected, why)


def _effects(scope: Scope, exchange: Exchange, ledger: Accounts) -> Iterator[Finding]:
    for kind in ledger.new_of(exchange):
        expected = "a refused request and a read have no effect at any dependency"
        why = "something was done that nobody asked for"
        symptom = "effect without an event"
        yield _finding(scope, exchange, symptom, Severity.CRITICAL, Force.MUST, expected, why, kind)


def _finding(
    scope: Scope,
    exchange: Exchange,
    symptom: str,
    severity: Severity,
    force: Force,
    expected: str,
    why: str,
    call: str = "",
) -> Finding:
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=symptom,
        severity=severity,
        force=force,
        call=call,
        happened=told(exchange) + (f", and {call} took effect" if call else ""),
        expected=expected,
        why=why,
    )


CHECK = Check(
    name=NAME,
    title="The key is required",
    doc="A request without its key is refused with 4xx and has no effect; a key on a read changes nothing.",
    families=frozenset({Family.DUPLICATE}),
    judge=judge,
)
