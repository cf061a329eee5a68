"""A dependency's fault is answered with success or with one of the declared failures, never a bare 500 or a 4xx.

That a success is real is judged by ``success-means-effect``; that an answer comes at all by ``answer-in-time``.
"""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import blame_under_fault, owes_effects
from harness.checks._repeats import earlier_of_event
from harness.checks.registry import Check
from harness.history.owners import tried
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import Phase
from harness.model.verdicts import Severity

NAME = "failure-is-declared"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each message that was answered while a fault that fired was armed."""
    struck = any(fault.firings for fault in scope.faults)
    answered = [e for e in scope.exchanges if struck and e.phase is Phase.FAULT and e.answer is not None]
    made = tried(scope)
    bad = [e for e in answered if not _declared(scope, e) and not _refusable(e, made.get(e.number, frozenset()))]
    return judgement(NAME, scope, len(answered), [_finding(scope, e) for e in bad])


def _refusable(exchange: Exchange, made: frozenset[str]) -> bool:
    """Tell whether a refusal may be right whatever the dependency did: of a message that nobody knows to be legal.

    Once the service called for it, it had taken the message for legal.
    """
    return exchange.outcome is Outcome.REJECTED and not owes_effects(exchange) and not made


def _declared(scope: Scope, exchange: Exchange) -> bool:
    operation = scope.configuration.operation(exchange.operation)
    if exchange.outcome is Outcome.ACCEPTED or exchange.status in operation.failing:
        return True
    return exchange.status in operation.in_flight and bool(earlier_of_event(scope, exchange))


def _finding(scope: Scope, exchange: Exchange) -> Finding:
    kinds = ", ".join(f"{fault.fault.kind} at {fault.fault.dependency}" for fault in scope.faults if fault.firings)
    failing = " or ".join(map(str, scope.configuration.operation(exchange.operation).failing))
    clients = exchange.outcome is Outcome.REJECTED
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=str(exchange.status),
        severity=Severity.MAJOR,
        happened=f"under {kinds}, {told(exchange)}",
        expected=f"2xx with the effect done, or {failing}" if failing else "2xx with the effect done",
        why="the caller is blamed for what a dependency did, and will not ask again"
        if clients
        else "an unforeseen error: nobody can tell whether it was done, whether to ask again, or whom to wake",
        blame=blame_under_fault(scope, exchange),
    )


CHECK = Check(
    name=NAME,
    title="Failure is declared",
    doc="While a dependency fails, answers are 2xx or one of the operation's declared failures; no bare 500, no 4xx.",
    families=frozenset({Family.TIMEOUT}),
    judge=judge,
)
