"""An answer that had to do without a dependency says so; what it does not say is as in a clean run."""

from __future__ import annotations

from harness.checks._evidence import finding, judgement
from harness.checks._messages import blame_under_fault
from harness.checks._repeats import comparable, earlier_of_event
from harness.checks.registry import Check
from harness.history.references import differences
from harness.model.cases import Family
from harness.model.degraded import says_degraded
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Reference, Scope
from harness.model.steps import Phase
from harness.model.verdicts import Force, Severity

NAME = "degraded-says-so"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each event accepted while a fault that fired was armed, its first answer alone."""
    struck = any(fault.firings for fault in scope.faults)
    accepted = [e for e in scope.exchanges if struck and e.phase is Phase.FAULT and e.outcome is Outcome.ACCEPTED]
    fresh = [e for e in accepted if e.event and comparable(e) and not earlier_of_event(scope, e)]
    judged = [(e, r) for e in fresh if (r := scope.references.get(e.operation)) and not r.trouble]
    return judgement(NAME, scope, len(judged), [found for e, r in judged if (found := _finding(scope, e, r))])


def _finding(scope: Scope, exchange: Exchange, reference: Reference) -> Finding | None:
    """Return the finding: binding where a place for it is declared, else advice; None: it says so, or is whole."""
    operation = scope.configuration.operation(exchange.operation)
    changes = differences(reference, exchange.answer, exchange.data) if exchange.answer else ()
    if not changes or says_degraded(operation, exchange.answer):
        return None
    kinds = ", ".join(f"{fault.fault.kind} at {fault.fault.dependency}" for fault in scope.faults if fault.firings)
    where = f"at {operation.degraded}" if operation.degraded else "(declare where it does: 'degraded')"
    return finding(
        NAME,
        scope,
        [exchange],
        symptom="degraded without saying so",
        severity=Severity.MAJOR,
        force=Force.MUST if operation.degraded else Force.SHOULD,
        happened=f"under {kinds}, '{exchange.label}' was accepted and answered otherwise than in a clean run: "
        + "; ".join(changes[:5]),
        expected=f"the answer of a clean run, or one that says what is missing {where}",
        why="the caller takes what is missing for what is true, keeps it, and acts on it long after the trouble",
        blame=blame_under_fault(scope, exchange),
    )


CHECK = Check(
    name=NAME,
    title="Degraded says so",
    doc="What is accepted while a dependency fails is answered as in a clean run, or says that a part is missing.",
    families=frozenset({Family.TIMEOUT}),
    judge=judge,
)
