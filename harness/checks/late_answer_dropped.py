"""An answer of a dependency that comes after the service gave up is dropped: no later request takes it for its own."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement
from harness.checks._repeats import comparable, earlier_of_event
from harness.checks.registry import Check
from harness.history.owners import Accounts, accounts
from harness.history.references import differences
from harness.model.cases import Family
from harness.model.degraded import says_degraded
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Reference, Scope
from harness.model.verdicts import Blame, Severity

NAME = "late-answer-dropped"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each event first sent after a call whose answer a fault delayed, and accepted.

    A retry of an earlier event is judged by ``retry-completes``.
    """
    since = _first_delayed_call(scope)
    later = [] if since is None else [e for e in scope.exchanges if e.sent > since and e.outcome is Outcome.ACCEPTED]
    fresh = [e for e in later if e.event and comparable(e) and not earlier_of_event(scope, e)]
    judged = [(e, r) for e in fresh if (r := scope.references.get(e.operation)) and not r.trouble]
    ledger = accounts(scope)
    findings = [found for e, r in judged for found in _findings(scope, e, r, ledger)]
    return judgement(NAME, scope, len(judged), findings, ledger.not_known() if judged else ())


def _first_delayed_call(scope: Scope) -> int | None:
    """Return when the first call that a fault answered late came in; None: there was none."""
    received = {(call.dependency, call.number): call.received for call in scope.calls}
    return min(
        (
            received.get((fault.fault.dependency, firing.call_number), firing.at)
            for fault in scope.faults
            for firing in fault.firings
            if firing.asked > 0
        ),
        default=None,
    )


def _findings(scope: Scope, exchange: Exchange, reference: Reference, ledger: Accounts) -> Iterator[Finding]:
    degraded = says_degraded(scope.configuration.operation(exchange.operation), exchange.answer)
    changes = differences(reference, exchange.answer, exchange.data) if exchange.answer and not degraded else ()
    if changes:
        happened = f"'{exchange.label}' was answered otherwise than in a clean run: {'; '.join(changes[:5])}"
        yield _finding(scope, exchange, "answer of another call", happened)
    if ledger.untraced or scope.unsettled:
        return
    for kind in reference.effects:
        if not ledger.seen_of(exchange, kind):
            happened = f"'{exchange.label}' was accepted with {exchange.status}, and {kind} never took effect for it"
            yield _finding(scope, exchange, "answer of another call", happened, kind)


def _finding(scope: Scope, exchange: Exchange, symptom: str, happened: str, call: str = "") -> Finding:
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=symptom,
        severity=Severity.CRITICAL,
        call=call,
        happened=f"after a call of an earlier request was answered late, {happened}",
        expected="each request is answered from its own call; an answer that comes too late is thrown away",
        why="one caller gets what belongs to another, and every request after it may be off by one",
        blame=Blame.CLIENT,
    )


CHECK = Check(
    name=NAME,
    title="A late answer is dropped",
    doc="Messages accepted after a dependency's late answer have their own answer and their own effect.",
    families=frozenset({Family.TIMEOUT}),
    judge=judge,
)
