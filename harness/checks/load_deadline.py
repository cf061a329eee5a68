"""The service's deadline holds in the middle of a load, too: every answer arrives by then, whatever goes on beside it.

Counted from the moment the request was sent. A late answer decides only where the harness was sound at that moment;
what was never answered is judged by ``no-errors-under-load``.
"""

from __future__ import annotations

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import load_of, malformed, named
from harness.checks._timing import held_up, margin
from harness.checks.registry import Check
from harness.load.job import SLOW
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.scope import SECOND, Scope
from harness.model.verdicts import Severity

NAME = "deadline-kept-under-load"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answer of a load that is planned to be within the service's capacity."""
    if load_of(scope) is None or NAME not in scope.case.checks:
        return judgement(NAME, scope, 0)
    others = malformed(scope) | {SLOW}
    answered = [r for r in scope.requests if r.status and r.part not in others]
    bound = scope.configuration.service.deadline + margin(scope)
    late = [request for request in answered if _took(request) > bound]
    excused = {r.index: why for r in late if (why := held_up(scope, r.sent, r.done, margin(scope)))}
    left = [request for request in late if request.index not in excused]
    unknown = [f"{len(excused)} answers came late, but {next(iter(excused.values()))}"] if excused else []
    findings = [_finding(scope, left, len(answered))] if left else []
    return judgement(NAME, scope, len(answered), findings, unknown, disturbed=bool(excused))


def _took(request: LoadRequest) -> float:
    return (request.done - request.sent) / SECOND


def _finding(scope: Scope, late: list[LoadRequest], answered: int) -> Finding:
    worst = max(late, key=_took)
    part = f" ({worst.part})" if worst.part else ""
    return finding(
        NAME,
        scope,
        (),
        symptom="late under load",
        severity=Severity.MAJOR,
        happened=f"{named(late)} of {answered} came late, the worst #{worst.index}{part} after {_took(worst):.2f} s "
        f"with {worst.status}",
        expected=f"every answer within {scope.configuration.service.deadline:g} s, the service's own deadline",
        why="callers give up and ask again, and the service works for nobody",
    )


CHECK = Check(
    name=NAME,
    title="The deadline is kept under load",
    doc="Under a load within its capacity every answer arrives by the service's deadline, whatever goes on beside it.",
    families=frozenset({Family.LOAD}),
    judge=judge,
    timed=True,
)
