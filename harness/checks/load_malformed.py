"""In a mixed load malformed requests are rejected as each is alone: never accepted, never a failure of the service.

Their effects are judged by ``exact-effects-under-load``, what they do to the valid ones by ``no-errors-under-load``.
"""

from __future__ import annotations

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import STALE, accepted, load_of, malformed, named
from harness.checks._load_failures import machine, symptom
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Scope
from harness.model.verdicts import Severity

NAME = "malformed-rejected-under-load"

TAKEN = "malformed request accepted"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each malformed request of the load."""
    labels = malformed(scope)
    sent = [request for request in scope.requests if request.part in labels]
    if load_of(scope) is None or not sent:
        return judgement(NAME, scope, 0)
    wrong: dict[str, list[LoadRequest]] = {}
    reasons: list[str] = []
    for request in sorted(sent, key=lambda r: r.index):
        how = _symptom(request)
        if how and (reason := machine(scope, request)):
            reasons.append(f"a malformed request was not rejected ({how}), but {reason}")
        elif how:
            wrong.setdefault(how, []).append(request)
    findings = [_finding(scope, how, requests, len(sent)) for how, requests in sorted(wrong.items())]
    return judgement(NAME, scope, len(sent), findings, reasons, disturbed=bool(reasons))


def _symptom(request: LoadRequest) -> str:
    if accepted(request):
        return TAKEN
    if 400 <= request.status < 500:
        return ""
    how = symptom(request)
    return "" if how == STALE else how


def _finding(scope: Scope, how: str, requests: list[LoadRequest], sent: int) -> Finding:
    first = requests[0]
    got = f"{first.status} {first.body[:200]}" if first.status else f"no answer ({first.silence})"
    return finding(
        NAME,
        scope,
        (),
        symptom=how,
        severity=Severity.MAJOR,
        happened=f"{named(requests)} of {sent} malformed ones: {how}; the first got {got}",
        expected="a body that is cut is answered 4xx, beside others as alone (RFC 9110, 15.5)",
        why="a caller's mistake becomes stored data or a page at night, and only when it is busy",
    )


CHECK = Check(
    name=NAME,
    title="Malformed requests are rejected under load",
    doc="In a mixed load every malformed request is answered 4xx, as it is alone.",
    families=frozenset({Family.LOAD}),
    judge=judge,
)
