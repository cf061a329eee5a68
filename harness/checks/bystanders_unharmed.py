"""An operation that does not need the failing dependency does not feel that it fails."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, told
from harness.checks._timing import held_up, margin
from harness.checks.registry import Check
from harness.history.references import differences
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Reference, Scope
from harness.model.steps import Phase
from harness.model.verdicts import Blame, Severity

NAME = "bystanders-unharmed"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each message whose clean runs call no dependency that fails at that moment."""
    able = [(e, r) for e in scope.exchanges if e.event and (r := scope.references.get(e.operation)) and not r.trouble]
    judged = [(e, r) for e, r in able if e.phase is Phase.FAULT and _stands_by(scope, e, r)]
    held = [reason for e, _ in judged if (reason := _held_up(scope, e))]
    findings = [found for e, r in judged if not _held_up(scope, e) for found in _findings(scope, e, r)]
    return judgement(NAME, scope, len(judged) - len(held), findings, held, disturbed=bool(held))


def _stands_by(scope: Scope, exchange: Exchange, reference: Reference) -> bool:
    """Tell whether a dependency failed all through ``exchange``, and none that failed then is any of its own."""
    failing = {
        fault.fault.dependency
        for fault in scope.faults
        if fault.firings and fault.armed <= exchange.sent and (not fault.cleared or exchange.done <= fault.cleared)
    }
    called = {call.split(" ", 1)[0] for call in reference.calls}
    return bool(failing) and not failing & called


def _held_up(scope: Scope, exchange: Exchange) -> str:
    """Say why a failure of ``exchange`` may be the machine's; empty where it was accepted, or is the service's own.

    A quick refusal is a decision and no lack of time.
    """
    quick = exchange.answer is not None and exchange.took < margin(scope)
    if quick or exchange.outcome is Outcome.ACCEPTED:
        return ""
    reason = held_up(scope, exchange.sent, exchange.done, margin(scope))
    return f"'{exchange.label}' was not accepted, which cannot be judged: {reason}" if reason else ""


def _findings(scope: Scope, exchange: Exchange, reference: Reference) -> Iterator[Finding]:
    if exchange.outcome is not Outcome.ACCEPTED or exchange.answer is None:
        yield _finding(scope, exchange, "refused", told(exchange))
        return
    changes = differences(reference, exchange.answer, exchange.data)
    if changes:
        happened = f"'{exchange.label}' was answered otherwise than in a clean run: {'; '.join(changes[:5])}"
        yield _finding(scope, exchange, "different answer", happened)


def _finding(scope: Scope, exchange: Exchange, symptom: str, happened: str) -> Finding:
    kinds = ", ".join(f"{fault.fault.kind} at {fault.fault.dependency}" for fault in scope.faults if fault.firings)
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=f"{exchange.operation}: {symptom}",
        severity=Severity.MAJOR,
        happened=f"under {kinds}, {happened}",
        expected=f"{exchange.operation} calls nothing that fails here: it is answered as in a clean run",
        why="the failure of one dependency takes down what never needed it",
        blame=Blame.CLIENT,
    )


CHECK = Check(
    name=NAME,
    title="Bystanders are unharmed",
    doc="An operation whose clean runs never call the failing dependency is answered as in a clean run.",
    families=frozenset({Family.TIMEOUT}),
    judge=judge,
    timed=True,
)
