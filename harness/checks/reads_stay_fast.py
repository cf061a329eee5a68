"""What was stored is read as fast as ever while a dependency fails that no read needs."""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, told
from harness.checks._timing import held_up
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import Phase, ReadBack
from harness.model.verdicts import Severity

NAME = "reads-stay-fast"

FLOOR = 0.5
"""Seconds that a read may always take."""

FACTOR = 10
"""How many times as long as before the fault a read may take."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each read under a fault of what was read before it without any call."""
    before = next((e for e in _reads(scope, Phase.BASELINE) if _alone(scope, e)), None)
    during = [e for e in _reads(scope, Phase.FAULT) if _under_fault(scope, e)] if before else []
    seen = [_seen(scope, read, max(FLOOR, FACTOR * before.took)) for read in during if before]
    unknown = [what for what in seen if isinstance(what, str)]
    findings = [what for what in seen if isinstance(what, Finding)]
    return judgement(NAME, scope, len(seen) - len(unknown), findings, unknown, disturbed=bool(unknown))


def _reads(scope: Scope, phase: Phase) -> tuple[Exchange, ...]:
    labels = {step.label for step in scope.case.steps if isinstance(step, ReadBack) and step.phase is phase}
    return tuple(e for e in scope.exchanges if e.label in labels)


def _alone(scope: Scope, read: Exchange) -> bool:
    """Tell whether a read went well and no dependency was called while it was at work: it needs none."""
    return read.outcome is Outcome.ACCEPTED and not any(read.sent <= call.received <= read.done for call in scope.calls)


def _under_fault(scope: Scope, read: Exchange) -> bool:
    return any(f.firings and f.armed <= read.sent and (not f.cleared or read.sent <= f.cleared) for f in scope.faults)


def _seen(scope: Scope, read: Exchange, limit: float) -> Finding | str | None:
    """Return a finding, why it cannot be known, or None: it was read well and fast."""
    if read.answer is not None and read.took <= limit:
        return None if read.outcome is Outcome.ACCEPTED else _finding(scope, read, str(read.status), limit)
    reason = held_up(scope, read.sent, read.done, limit / 2)
    if reason:
        return f"'{read.label}' took {read.took:.2f} s, which cannot be judged: {reason}"
    return _finding(scope, read, "slow" if read.answer else "no answer", limit)


def _finding(scope: Scope, read: Exchange, symptom: str, limit: float) -> Finding:
    kinds = ", ".join(f"{fault.fault.kind} at {fault.fault.dependency}" for fault in scope.faults if fault.firings)
    beside = [e for e in scope.exchanges if e.number != read.number and e.sent <= read.sent <= e.done]
    return finding(
        NAME,
        scope,
        [*beside, read],
        symptom=symptom,
        severity=Severity.MAJOR,
        happened=f"under {kinds}, beside {len(beside)} requests that wait for it, {told(read)} after {read.took:.2f} s",
        expected=f"2xx within {limit:.2g} s: before the fault the same read needed no dependency",
        why="requests that wait hold every thread, so those who only want to see what they have cannot either",
    )


CHECK = Check(
    name=NAME,
    title="Reads stay fast",
    doc=f"While a dependency fails that reads do not need, they end 2xx within {FLOOR:g} s or {FACTOR} times usual.",
    families=frozenset({Family.TIMEOUT}),
    judge=judge,
    timed=True,
)
