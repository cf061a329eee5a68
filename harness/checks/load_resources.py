"""What a service takes for its requests it gives back: descriptors, threads, memory of its process tree.

Pools and caches fill early and then stay; a leak goes on. Where samples were taken during the load, growth counts
only if a good part of it came in the second half; where there are none, only growth that no usual pool explains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import load_of
from harness.checks._rest import unrested
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.events import Resources
from harness.model.judgements import Finding, Judgement
from harness.model.records import record
from harness.model.scope import Scope
from harness.model.verdicts import Severity

NAME = "resources-return"

MIB = 1024 * 1024

ENOUGH = 4
"""Samples during the load from which its second half can be told."""

GOES_ON = 1 / 3
"""The share of the growth that the second half must show: a steady leak shows a half, a filled pool nothing."""


@record
class Resource:
    """One thing that leaks. A leak is growth of at least ``floor`` and ``share`` a request.

    ``pools`` is the floor where no samples during the load tell a pool from a leak, ``pooled`` the share there.
    ``by_hand`` is the shell command that shows it of one process.
    """

    name: str
    symptom: str
    amount: Callable[[Resources], int]
    shown: Callable[[float], str]
    floor: int
    share: float
    pools: int
    pooled: float
    why: str
    by_hand: str


def judge(scope: Scope) -> Judgement:
    """Return a finding for each resource that grew and did not come back."""
    before = [r for r in scope.resources if r.moment == "before"]
    after = [r for r in scope.resources if r.moment == "after"]
    several = scope.case.instance.workers > 1  # the pools of several workers add up to what looks like a leak
    ended = bool(scope.killed or scope.told_to_stop)  # by the harness: there is nothing to come back to
    if load_of(scope) is None or several or ended or not scope.requests or not (before and after):
        return judgement(NAME, scope, 0)
    if reason := _incomparable(scope, before[0], after[-1]):
        return judgement(NAME, scope, 0, unknown=(reason,))
    during = [r for r in scope.resources if r.moment == "during"]
    grown = [(resource, _growth(resource, before[0], after[-1])) for resource in _RESOURCES]
    findings = [
        _finding(scope, resource, growth, before[0], after[-1])
        for resource, growth in grown
        if _leaks(resource, growth, len(scope.requests), during, after[-1])
    ]
    return judgement(NAME, scope, len(_RESOURCES), findings)


def _incomparable(scope: Scope, before: Resources, after: Resources) -> str:
    """Return why the two samples cannot be compared; empty where they can."""
    if scope.died or scope.lost_workers:
        return "a process of the service was lost, and what it held went with it"
    if before.processes != after.processes:
        return f"the service had {before.processes} processes before the load and {after.processes} after it"
    if scope.unsettled:
        return f"the service did not come to rest after the load: {unrested(scope)}"
    return ""


def _growth(resource: Resource, before: Resources, after: Resources) -> int:
    return resource.amount(after) - resource.amount(before)


def _leaks(resource: Resource, growth: int, requests: int, during: Sequence[Resources], after: Resources) -> bool:
    """Return whether ``growth`` over ``requests`` is a leak."""
    if len(during) < ENOUGH:
        return growth >= max(resource.pools, resource.pooled * requests)
    late = _growth(resource, during[len(during) // 2], after)
    return growth >= max(resource.floor, resource.share * requests) and late >= GOES_ON * growth


def _finding(scope: Scope, resource: Resource, growth: int, before: Resources, after: Resources) -> Finding:
    requests, show = len(scope.requests), resource.shown
    return finding(
        NAME,
        scope,
        (),
        symptom=resource.symptom,
        severity=Severity.MAJOR,
        happened=f"{resource.name} of the process tree went from {show(resource.amount(before))} to "
        f"{show(resource.amount(after))} over {requests} requests: {show(growth)} more, "
        f"{show(growth / requests)} a request",
        expected=f"{resource.name} come back to what they were once the load is over, pools aside "
        f"(by hand: {resource.by_hand} before and after)",
        why=resource.why,
    )


def _count(value: float) -> str:
    return f"{value:.3g}" if value % 1 else f"{value:.0f}"


def _bytes(value: float) -> str:
    return f"{value / MIB:.1f} MiB" if abs(value) >= MIB else f"{value / 1024:.1f} KiB"


_RESOURCES = (
    Resource(
        name="open descriptors",
        symptom="descriptors leak",
        amount=lambda sample: sample.descriptors,
        shown=_count,
        floor=8,
        share=0.1,
        pools=32,
        pooled=0.25,
        why="the process reaches its limit of open files, and then every request fails",
        by_hand="ls /proc/PID/fd | wc -l",
    ),
    Resource(
        name="threads",
        symptom="threads leak",
        amount=lambda sample: sample.threads,
        shown=_count,
        floor=8,
        share=0.1,
        pools=32,
        pooled=0.25,
        why="threads that never end exhaust memory and the system's limit",
        by_hand="ls /proc/PID/task | wc -l",
    ),
    Resource(
        name="resident bytes",
        symptom="memory leaks",
        amount=lambda sample: sample.rss,
        shown=_bytes,
        floor=64 * MIB,
        share=16 * 1024,
        pools=64 * MIB,
        pooled=64 * 1024,
        why="the process grows until the system kills it",
        by_hand="grep VmRSS /proc/PID/status",
    ),
)

CHECK = Check(
    name=NAME,
    title="Resources come back",
    doc="Descriptors, threads and memory of the service's processes come back once a load is over; where the harness "
    "itself ended one in it nothing is asked.",
    families=frozenset({Family.LOAD}),
    judge=judge,
)
