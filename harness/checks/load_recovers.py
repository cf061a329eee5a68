"""After a surge, an outage of a dependency or the end of a worker the service is as well as before, without a restart.

Asked of every request that is due once the time for recovery is over. What a service may answer until then, and what
it must not, is judged by ``no-errors-under-load``.
"""

from __future__ import annotations

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import STALE, load_of, named, valid
from harness.checks._load_failures import HELD, RECOVERY, in_flight, machine, recovered_from, symptom
from harness.checks._timing import held_up
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.scope import SECOND, Scope
from harness.model.verdicts import Severity

NAME = "recovers-under-load"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each request that is due after the last disturbance and the time for recovery."""
    begun = recovered_from(scope)
    if load_of(scope) is None or not begun or scope.told_to_stop:
        return judgement(NAME, scope, 0)
    later = [request for request in valid(scope) if request.due > begun]
    if not later and (delayed := _delayed(scope)):
        return judgement(NAME, scope, 0, (), [delayed], disturbed=True)
    expected, allowed = scope.reference.status if scope.reference else 0, in_flight(scope)
    failed = [r for r in later if r.index not in allowed and symptom(r, expected) not in ("", STALE)]
    excused = {request.index: reason for request in failed if (reason := machine(scope, request))}
    left = [request for request in failed if request.index not in excused]
    unknown = [f"{len(excused)} requests failed, but {next(iter(excused.values()))}"] if excused else []
    findings = [_finding(scope, left, len(later), begun)] if left else []
    return judgement(NAME, scope, len(later), findings, unknown, disturbed=bool(excused))


def _delayed(scope: Scope) -> str:
    """Say that the machine may have put off the disturbances until nothing came after them; empty: it was calm."""
    due, done = [r.due for r in scope.requests], [r.done for r in scope.requests]
    reason = held_up(scope, min(due), max(done), HELD) if due else ""
    return f"no request was due once the time for recovery was over, but {reason}" if reason else ""


def _finding(scope: Scope, failed: list[LoadRequest], asked: int, begun: int) -> Finding:
    first, last = failed[0], failed[-1]
    said = f"{first.status}: {first.body[:200]}" if first.status else f"no answer ({first.silence})"
    return finding(
        NAME,
        scope,
        (),
        symptom="does not recover",
        severity=Severity.MAJOR,
        happened=f"{named(failed)} of {asked} failed after the time for recovery was over, the last of them due "
        f"{(last.due - begun) / SECOND:.1f} s after that; the first got {said}",
        expected=f"{RECOVERY:g} s after a disturbance every request is answered as before it, with no restart",
        why="what was a short trouble elsewhere stays an outage until somebody restarts the service",
    )


CHECK = Check(
    name=NAME,
    title="The service recovers under load",
    doc=f"{RECOVERY:g} s after a surge, an outage or the end of a worker every request is answered as before.",
    families=frozenset({Family.LOAD}),
    judge=judge,
    timed=True,
)
