"""One request costs a dependency a bounded number of calls, however badly the dependency does."""

from __future__ import annotations

from collections import Counter

from harness.checks._evidence import finding, judgement
from harness.checks.registry import Check
from harness.history.owners import actor, latest_before, owners
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.scope import DependencyCall, Exchange, Scope
from harness.model.verdicts import Blame, Severity

NAME = "calls-bounded"

OWN_BOUND = 5
"""The most calls to one dependency that one request may cost where the operation declares nothing."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each request and dependency that it called.

    Calls of requests at work at the same time, which nothing tells apart, are judged together.
    """
    counted, untraced = _counted(scope)
    by_number = {exchange.number: exchange for exchange in scope.exchanges}
    findings = [
        _finding(scope, by_number[number], dependency, calls, _bound(scope, by_number[number]))
        for (number, dependency), calls in counted.items()
        if calls > _bound(scope, by_number[number])
    ]
    shared = [_shared(scope, dependency, untraced) for dependency in sorted({call.dependency for call in untraced})]
    findings += [what for what in shared if isinstance(what, Finding)]
    reasons = [what for what in shared if isinstance(what, str)]
    return judgement(NAME, scope, len(counted) + len(shared) - len(reasons), findings, reasons)


def _shared(scope: Scope, dependency: str, untraced: list[DependencyCall]) -> Finding | str | None:
    """Judge the calls that any of several requests may have made by what all of these may cost; None: they hold."""
    calls = [call for call in untraced if call.dependency == dependency]
    able = [e for e in scope.exchanges if any(e.sent <= call.received and _open(e, call.received) for call in calls)]
    if not able:
        return f"{len(calls)} call(s) to {dependency} cannot be traced to one request"
    bound = sum(_bound(scope, exchange) for exchange in able)
    return _finding(scope, able[0], dependency, len(calls), bound) if len(calls) > bound else None


def _open(exchange: Exchange, at: int) -> bool:
    return exchange.done >= at or exchange.answer is None


def _counted(scope: Scope) -> tuple[Counter[tuple[int, str]], list[DependencyCall]]:
    """Return the calls by exchange and dependency, and those that could not be traced.

    A call belongs to the latest request of its event; those released together count as the first of them.
    """
    counted: Counter[tuple[int, str]] = Counter()
    untraced: list[DependencyCall] = []
    for call, who in owners(scope):
        own = [e for e in scope.exchanges if actor(e) == who]
        latest = latest_before(own, call.received)
        if latest is None:
            untraced.append(call)
            continue
        first = next((e for e in own if latest.group and e.group == latest.group), latest)
        counted[first.number, call.dependency] += 1
    return counted, untraced


def _bound(scope: Scope, exchange: Exchange) -> int:
    """Return the most calls that a request, or those released together with it, may cost."""
    together = sum(1 for e in scope.exchanges if exchange.group and e.group == exchange.group)
    return (scope.configuration.operation(exchange.operation).most_calls or OWN_BOUND) * max(together, 1)


def _finding(scope: Scope, exchange: Exchange, dependency: str, calls: int, bound: int) -> Finding:
    return finding(
        NAME,
        scope,
        [exchange],
        symptom="retry storm",
        severity=Severity.MAJOR,
        call=dependency,
        happened=f"'{exchange.label}' cost {dependency} {calls} calls",
        expected=f"at most {bound} calls to one dependency for one request",
        why="a dependency in trouble is called many times as often as a healthy one, and cannot recover",
        blame=Blame.CLIENT,
    )


CHECK = Check(
    name=NAME,
    title="Calls are bounded",
    doc=f"A request costs one dependency at most the declared number of calls ({OWN_BOUND} where none is declared).",
    families=frozenset({Family.TIMEOUT}),
    judge=judge,
)
