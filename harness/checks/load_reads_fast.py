"""Reads that need no dependency stay fast while one hangs under load: waiting writes do not hold up readers.

Whether they need it is seen before it fails: the calls that came until then are those of the writes, and no more. A
slow read decides only where the harness was sound at that moment.
"""

from __future__ import annotations

from statistics import median

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import load_of, named, readers, valid
from harness.checks._timing import held_up
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.scope import SECOND, Scope, SeenFault
from harness.model.steps import ORDINARY
from harness.model.verdicts import Severity

NAME = "reads-fast-under-load"

FLOOR, FACTOR = 1.0, 10.0
"""A read is slow from this many seconds and this many times its usual on."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered read that was sent while a dependency failed that it does not need."""
    fault = next((seen for seen in scope.faults if seen.fault.id != ORDINARY), None)
    reads = [r for r in scope.requests if r.part in readers(scope) and r.status]
    if load_of(scope) is None or fault is None or not reads:
        return judgement(NAME, scope, 0)
    before = [_took(r) for r in reads if r.done < fault.armed]
    if not before or not _independent(scope, fault):
        return judgement(NAME, scope, 0)
    during = [r for r in reads if fault.armed <= r.sent <= (fault.cleared or r.sent)]
    bound = max(FLOOR, FACTOR * median(before))
    slow = [request for request in during if _took(request) > bound]
    excused = {r.index: why for r in slow if (why := held_up(scope, r.sent, r.done, bound / 4))}
    left = [request for request in slow if request.index not in excused]
    unknown = [f"{len(excused)} reads were slow, but {next(iter(excused.values()))}"] if excused else []
    findings = [_finding(scope, left, len(during), bound, fault)] if left else []
    return judgement(NAME, scope, len(during), findings, unknown, disturbed=bool(excused))


def _independent(scope: Scope, fault: SeenFault) -> bool:
    """Tell whether the calls that the dependency got before it failed are those of the writes alone."""
    begun = min(request.sent for request in scope.requests)
    calls = sum(c.dependency == fault.fault.dependency and begun <= c.received < fault.armed for c in scope.calls)
    usual = scope.reference.calls if scope.reference else {}
    each = sum(count for call, count in usual.items() if call.startswith(f"{fault.fault.dependency} "))
    return calls <= each * sum(1 for request in valid(scope) if request.sent < fault.armed)


def _took(request: LoadRequest) -> float:
    return (request.done - request.sent) / SECOND


def _finding(scope: Scope, slow: list[LoadRequest], reads: int, bound: float, fault: SeenFault) -> Finding:
    worst = max(slow, key=_took)
    return finding(
        NAME,
        scope,
        (),
        symptom="reads wait for a dependency that they do not need",
        severity=Severity.MAJOR,
        happened=f"{named(slow)} of {reads} reads beside {fault.fault.kind} at {fault.fault.dependency} took over "
        f"{bound:.2f} s, the worst #{worst.index} {_took(worst):.2f} s",
        expected=f"a read that calls no dependency ends within {FLOOR:g} s or {FACTOR:g} times its usual",
        why="those who only want to see what they have wait for an outage that is none of theirs",
    )


CHECK = Check(
    name=NAME,
    title="Reads stay fast under load",
    doc=f"While a dependency hangs under load, reads without it end within {FLOOR:g} s or {FACTOR:g} times usual.",
    families=frozenset({Family.LOAD}),
    judge=judge,
    timed=True,
)
