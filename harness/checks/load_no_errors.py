"""Under a load within its capacity a service answers every valid request as it answers a single one.

On a machine that others crowd, the same load may be beyond that capacity: a refusal that says so (429, 503, 504) and
silence are not laid to the service there. A 500 or 502 is, whatever the machine does. What the load's own
disturbances may cause (a surge, a failing dependency, a killed worker, SIGTERM) is not counted.

Processes that die meanwhile are found by ``carried-out``, as in every family.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import STALE, load_of, named, valid
from harness.checks._load_failures import in_flight, machine, recovered_from, symptom, windows
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.scope import SECOND, Scope
from harness.model.verdicts import Severity

NAME = "no-errors-under-load"

Failures = dict[str, list[LoadRequest]]


def judge(scope: Scope) -> Judgement:
    """Return a finding for each way in which valid requests failed."""
    if load_of(scope) is None or not scope.requests:
        return judgement(NAME, scope, 0)
    requests = _looked_at(scope)
    failures = _failures(scope, requests)
    disturbed = tuple(_disturbed(scope, failures))
    unknown = (*disturbed, *_misunderstood(scope, failures))
    findings = [_finding(scope, how, failed) for how, failed in sorted(failures.items())]
    return judgement(NAME, scope, len(requests), findings, unknown, disturbed=bool(disturbed))


def _looked_at(scope: Scope) -> tuple[LoadRequest, ...]:
    """Return the valid requests; those after the load's own disturbances belong to ``recovers-under-load``."""
    until = recovered_from(scope)
    return tuple(request for request in valid(scope) if not until or request.due <= until)


def _failures(scope: Scope, requests: Sequence[LoadRequest]) -> Failures:
    """Return the requests that failed by symptom; what the generator itself broke is not among them."""
    allowed, disturbances = in_flight(scope), windows(scope)
    expected = scope.reference.status if scope.reference else 0
    failures: Failures = {}
    for request in sorted(requests, key=lambda r: r.index):
        if request.index in allowed or any(window.excuses(request) for window in disturbances):
            continue
        if how := symptom(request, expected):
            failures.setdefault(how, []).append(request)
    if len(failures.get(STALE, ())) <= max(1, len(requests) // 200):
        failures.pop(STALE, None)
    return failures


def _misunderstood(scope: Scope, failures: Failures) -> Iterator[str]:
    """Take out rejections that most requests met, and yield why: then the load sent what the service does not take."""
    rejected = failures.get("legal request rejected", [])
    if 2 * len(rejected) > len(scope.requests):
        del failures["legal request rejected"]
        statuses = ", ".join(sorted({str(request.status) for request in rejected}))
        yield (
            f"{len(rejected)} of {len(scope.requests)} requests were refused ({statuses}): the service does not take "
            "what the load sends, perhaps because words of the example must not change"
        )


def _disturbed(scope: Scope, failures: Failures) -> Iterator[str]:
    """Take out the requests whose failure the machine may have caused, and yield why."""
    for how, requests in sorted(failures.items()):
        reasons = {request.index: reason for request in requests if (reason := machine(scope, request))}
        if not reasons:
            continue
        excused = [request for request in requests if request.index in reasons]
        failures[how] = [request for request in requests if request.index not in reasons]
        if not failures[how]:
            del failures[how]
        came = str(excused[0].status or "no answer in time")
        yield f"{named(excused)} of {len(scope.requests)} got {came}, but {reasons[excused[0].index]}"


def _finding(scope: Scope, symptom: str, requests: list[LoadRequest]) -> Finding:
    slowest = max((r.done - r.due) / SECOND for r in requests)
    what = _WORDS.get(symptom, f"ended with {symptom}")
    first = requests[0]
    said = f" The first said {first.status}: {first.body[:200]!r}." if first.status else ""
    return finding(
        NAME,
        scope,
        (),
        symptom=symptom,
        severity=Severity.MAJOR,
        happened=f"{named(requests)} of {len(scope.requests)} {what}, the slowest after {slowest:.3f} s.{said}",
        expected="every valid request is answered as it is without load; a duplicate in flight may be told to wait",
        why="callers lose requests at a rate that the service is meant to carry",
    )


_WORDS = {
    "legal request rejected": "were rejected although the same request is accepted without load",
    STALE: "met a connection that the service closed without an answer",
}

CHECK = Check(
    name=NAME,
    title="No errors under load",
    doc="Under a load within its capacity every valid request is answered as it is without load.",
    families=frozenset({Family.LOAD}),
    judge=judge,
)
