"""The promises of a load in numbers: latency, errors, throughput.

A bound that is kept is kept, whatever else the machine did: latency counts from the due time, so a disturbance
only adds to it. A bound on time that is broken decides only where the harness was sound at that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import broken_by_generator, load_of
from harness.checks._timing import held_up
from harness.checks.registry import Check
from harness.load.statistics import bounded, holds, lateness, measured, percentile
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.records import record
from harness.model.scope import Scope
from harness.model.steps import Threshold
from harness.model.verdicts import Severity

NAME = "load-thresholds"

SMALL = 0.25
"""The share of a bound on latency by which the harness itself may have been late."""

PACE = 0.25
"""Seconds by which the harness itself may have been late where the bound is a rate."""

Requests = Sequence[LoadRequest]


@record
class Measure:
    """One kind of bound: how its number is shown, what breaking it is called, whether it is about time."""

    shown: Callable[[float], str]
    symptom: str
    timed: bool
    why: str


def judge(scope: Scope) -> Judgement:
    """Return a finding for each bound that is broken, unknown where the harness may have broken it."""
    step = load_of(scope)
    requests = tuple(r for r in measured(scope.requests) if not broken_by_generator(r))
    if step is None or not step.thresholds:
        return judgement(NAME, scope, 0)
    if not requests:
        return judgement(NAME, scope, 0, unknown=(_unmeasured(scope),))
    findings: list[Finding] = []
    unknown: list[str] = []
    for threshold in step.thresholds:
        measure = _MEASURES[threshold.measure]
        value = bounded(threshold, requests)
        if holds(threshold, value):
            continue
        if measure.timed and (why := _disturbed(scope, threshold, requests)):
            unknown.append(f"{threshold.text} is broken ({measure.shown(value)}), but {why}")
        else:
            findings.append(_finding(scope, threshold, measure, value, requests))
    return judgement(NAME, scope, len(step.thresholds), findings, unknown, disturbed=bool(unknown))


def _unmeasured(scope: Scope) -> str:
    """Say why there is nothing whose time could be held against a bound."""
    if not scope.requests:
        return "no request was sent, so no bound had anything to hold against"
    if measured(scope.requests):
        return "no bound had anything to hold against: every request failed in the generator itself"
    return f"no bound had anything to hold against: all {len(scope.requests)} requests were of the warm-up"


def _disturbed(scope: Scope, threshold: Threshold, requests: Requests) -> str:
    """Return what makes a time of this load the harness's own; empty where nothing does."""
    tolerance = threshold.bound * SMALL if threshold.measure == "p" else PACE
    late = percentile([lateness(request) for request in requests], 99)
    if late >= tolerance:
        return f"the generator itself was {late:.3f} s late"
    return held_up(scope, min(r.due for r in requests), max(r.done for r in requests), tolerance)


def _finding(scope: Scope, threshold: Threshold, measure: Measure, value: float, requests: Requests) -> Finding:
    unanswered = sum(1 for request in requests if not request.status)
    silent = f", {unanswered} of them without an answer" if unanswered else ""
    return finding(
        NAME,
        scope,
        (),
        symptom=measure.symptom.format(quantile=f"{threshold.quantile:g}"),
        severity=Severity.MAJOR,
        happened=f"{measure.shown(value)} over {len(requests)} requests{silent}",
        expected=threshold.text,
        why=measure.why,
    )


def _seconds(value: float) -> str:
    return "no answer" if value == inf else f"{value * 1000:.0f} ms"


_MEASURES: Mapping[str, Measure] = {
    "p": Measure(
        shown=_seconds,
        symptom="p({quantile}) too high",
        timed=True,
        why="callers wait longer than the service promises, counted from when they meant to ask",
    ),
    "errors": Measure(
        shown=lambda value: f"{value:.2%} errors",
        symptom="too many errors",
        timed=False,
        why="more requests are lost than the service promises",
    ),
    "rate": Measure(
        shown=lambda value: f"{value:.1f} answers/s",
        symptom="rate too low",
        timed=True,
        why="the service carries less than it promises",
    ),
}

CHECK = Check(
    name=NAME,
    title="The load's thresholds hold",
    doc="Latency from the due time, the share of errors and the rate keep the bounds that the scenario sets.",
    families=frozenset({Family.LOAD}),
    judge=judge,
    timed=True,
)
