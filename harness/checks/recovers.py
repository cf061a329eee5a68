"""Once the dependency is well again, so is the service, within the bound and without a restart."""

from __future__ import annotations

from math import inf

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import blame_under_fault
from harness.checks._timing import CROWDED_OUT, held_up, margin
from harness.checks.registry import Check
from harness.history.references import differences
from harness.model.cases import Family
from harness.model.degraded import says_degraded
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import Recover
from harness.model.verdicts import Severity

NAME = "recovers"

NO_REFERENCE = "there is no clean run to compare the recovery with"

Tries = tuple[Exchange, ...]


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each recovery that was tried and can be judged."""
    tried = [(step, _tries(scope, step)) for step in scope.case.steps if isinstance(step, Recover)]
    seen = [_seen(scope, step, tries) for step, tries in tried if tries]
    unknown = [what for what in seen if isinstance(what, str)]
    findings = [what for what in seen if isinstance(what, Finding)]
    return judgement(
        NAME, scope, len(seen) - len(unknown), findings, unknown, disturbed=bool(set(unknown) - {NO_REFERENCE})
    )


def _tries(scope: Scope, step: Recover) -> Tries:
    return tuple(e for e in scope.exchanges if e.label.rpartition("-")[0] == step.label)


def _seen(scope: Scope, step: Recover, tries: Tries) -> Finding | str | None:
    """Return a finding, why it cannot be known, or None: it recovered."""
    good = [e for e in tries if e.outcome is Outcome.ACCEPTED and not says_degraded(scope.operation, e.answer)]
    if tries[-1] not in good:
        reason = held_up(scope, tries[0].sent, tries[-1].done, step.within / 2, _others(scope, tries))
        return f"whether it recovers cannot be judged: {reason}" if reason else _not_recovered(scope, step, tries)
    reference = scope.references.get(step.operation)
    if reference is None or reference.trouble:
        return NO_REFERENCE
    found = ((e, differences(reference, e.answer, e.data)) for e in good if e.answer)
    return next((_otherwise(scope, exchange, changes) for exchange, changes in found if changes), None)


def _others(scope: Scope, tries: Tries) -> float:
    """Return the share of the machine that others may take: any, where every try was answered at once.

    What is refused at once is a decision and no lack of time.
    """
    quick = all(exchange.answer is not None and exchange.took < margin(scope) for exchange in tries)
    return inf if quick else CROWDED_OUT


def _not_recovered(scope: Scope, step: Recover, tries: Tries) -> Finding:
    everywhere = ", by every worker" if step.every_worker else ""
    return finding(
        NAME,
        scope,
        tries,
        symptom="no recovery",
        severity=Severity.MAJOR,
        happened=f"after the fault {len(tries)} tries in {step.within:g} s failed; the last: {told(tries[-1])}",
        expected=f"a fresh request is accepted within {step.within:g} s of the end of the fault{everywhere}",
        why="a short trouble of a dependency becomes a long one of the service, until somebody restarts it",
        blame=blame_under_fault(scope, tries[-1]),
    )


def _otherwise(scope: Scope, exchange: Exchange, changes: tuple[str, ...]) -> Finding:
    return finding(
        NAME,
        scope,
        [exchange],
        symptom="different answer",
        severity=Severity.MAJOR,
        happened=f"'{exchange.label}' was answered otherwise than in a clean run: {'; '.join(changes[:5])}",
        expected="after the trouble a fresh request is answered as in a clean run",
        why="the trouble left something behind that changes what later callers get",
        blame=blame_under_fault(scope, exchange),
    )


CHECK = Check(
    name=NAME,
    title="It recovers",
    doc="After the fault a fresh request is accepted within the bound and answered as in a clean run.",
    families=frozenset({Family.TIMEOUT}),
    judge=judge,
    timed=True,
)
