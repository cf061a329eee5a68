"""Under a load within its capacity a service answers every valid request as it answers a single one.

On a machine that others crowd, the same load may be beyond that capacity: a refusal that says so (429, 503, 504) and
silence are not laid to the service there. A 500 or 502 is, whatever the machine does.

Processes that die meanwhile are found by ``carried-out``, as in every family.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import STALE, accepted, carried, load_of, named
from harness.checks._timing import CROWDED_OUT, held_up
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Silence
from harness.model.scope import SECOND, Scope
from harness.model.verdicts import Severity

NAME = "no-errors-under-load"

SOUND = 0.25
"""A missed bound is the service's only where the harness was held up for less than this share of it."""

HELD = 1.0
"""Seconds for which the harness must be held up before a refusal is laid to the burst that follows."""

LEAD = 1.0
"""Seconds before a refused request in which what others took of the machine may still lie in the service's queue."""

_OVERLOADED = frozenset({429, 503, 504})
"""How a service says that it has more to do than it can (RFC 6585, 4; RFC 9110, 15.6)."""

Failures = dict[str, list[LoadRequest]]


def judge(scope: Scope) -> Judgement:
    """Return a finding for each way in which valid requests failed."""
    if load_of(scope) is None or not scope.requests:
        return judgement(NAME, scope, 0)
    failures = _failures(scope)
    disturbed = tuple(_disturbed(scope, failures))
    unknown = (*disturbed, *_misunderstood(scope, failures))
    findings = [_finding(scope, symptom, requests) for symptom, requests in sorted(failures.items())]
    return judgement(NAME, scope, len(scope.requests), findings, unknown, disturbed=bool(disturbed))


def _failures(scope: Scope) -> Failures:
    """Return the requests that failed by symptom; what the generator itself broke is not among them."""
    allowed = _in_flight(scope)
    failures: Failures = {}
    for request in sorted(scope.requests, key=lambda r: r.index):
        if request.index not in allowed and (symptom := _symptom(scope, request)):
            failures.setdefault(symptom, []).append(request)
    if len(failures.get(STALE, ())) <= max(1, len(scope.requests) // 200):
        failures.pop(STALE, None)
    return failures


def _symptom(scope: Scope, request: LoadRequest) -> str:
    """Return in a word how ``request`` failed; empty where it did not, or not by the service."""
    expected = scope.reference.status if scope.reference else 0
    if accepted(request) or (request.status and request.status == expected):
        return ""
    if request.status >= 500:
        return str(request.status)
    if request.status:
        return "legal request rejected"
    if request.silence == Silence.ABANDONED or request.silence.startswith("error:"):
        return ""
    return STALE if request.silence == STALE else f"no answer: {request.silence}"


def _in_flight(scope: Scope) -> frozenset[int]:
    """Return the requests that were told, as the operation declares, that their event was still at work."""
    return frozenset(
        request.index
        for event in carried(scope.requests).values()
        for request in event.requests
        if request.status in scope.operation.in_flight and _beside(request, event.requests)
    )


def _beside(request: LoadRequest, others: tuple[LoadRequest, ...]) -> bool:
    """Return whether another request of the same event was under way at the same time."""
    return any(o.index != request.index and o.sent <= request.done and request.sent <= o.done for o in others)


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
    for symptom, requests in sorted(failures.items()):
        reasons = {request.index: reason for request in requests if (reason := _excuse(scope, request))}
        if not reasons:
            continue
        excused = [request for request in requests if request.index in reasons]
        failures[symptom] = [request for request in requests if request.index not in reasons]
        if not failures[symptom]:
            del failures[symptom]
        came = str(excused[0].status or "no answer in time")
        yield f"{named(excused)} of {len(scope.requests)} got {came}, but {reasons[excused[0].index]}"


def _excuse(scope: Scope, request: LoadRequest) -> str:
    """Say what on the machine may have made ``request`` fail; empty: nothing, or it is no failure of that kind."""
    if request.status in _OVERLOADED:
        return held_up(scope, request.due - round(LEAD * SECOND), request.done, HELD)
    if request.silence == Silence.TIMEOUT:
        return held_up(scope, request.due, request.done, SOUND * (request.done - request.due) / SECOND, CROWDED_OUT)
    return ""


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
