"""The numbers of loads and watched routes: exact percentiles, thresholds, series for charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import inf

from harness.load import statistics
from harness.model.cases import Load, Threshold
from harness.model.events import LoadRequest
from harness.model.scope import SECOND, Scope
from harness.report.format import Latency, LoadLine, Point, ResourceLine, ThresholdLine, WatchLine

BUCKETS = 120
"""Points of a series at most: what a chart of a page's width can show."""


def latency(seconds: Iterable[float]) -> Latency:
    """Return the percentiles of ``seconds`` in milliseconds."""
    ordered = sorted(seconds)
    p50, p90, p95, p99, longest = (_milliseconds(ordered, quantile) for quantile in (50, 90, 95, 99, 100))
    return Latency(count=len(ordered), p50_ms=p50, p90_ms=p90, p95_ms=p95, p99_ms=p99, max_ms=longest)


def _milliseconds(seconds: Sequence[float], quantile: float) -> float:
    """Return a percentile of ``seconds`` in milliseconds; 0 where there are none."""
    return round(statistics.percentile(seconds, quantile) * 1000, 3) if seconds else 0.0


Sample = tuple[float, float, bool]
"""When it was due (seconds on the axis), how long it took (seconds), whether it was answered well."""


def series(samples: Iterable[Sample], width: float) -> tuple[Point, ...]:
    """Return ``samples`` in buckets of ``width`` seconds; empty buckets are left out."""
    buckets: dict[int, list[Sample]] = {}
    for sample in samples:
        buckets.setdefault(int(sample[0] // width), []).append(sample)
    return tuple(_point(number * width, held) for number, held in sorted(buckets.items()))


def _point(at: float, held: list[Sample]) -> Point:
    """Return one bucket; its latencies are of the samples that were answered well."""
    times = sorted(took for _, took, well in held if well)
    return Point(
        at=round(at, 3),
        count=len(held),
        errors=sum(not well for *_, well in held),
        middle_ms=_milliseconds(times, 50),
        worst_ms=_milliseconds(times, 100),
    )


def watched(scopes: Mapping[str, Scope]) -> tuple[WatchLine, ...]:
    """Return every watched route over the whole run; the axis begins at the first probe of any route."""
    probes = [probe for scope in scopes.values() for probe in scope.probes]
    start = min((probe.sent for probe in probes), default=0)
    length = max(((probe.sent - start) / SECOND for probe in probes), default=0.0)
    by_route: dict[str, list[Sample]] = {}
    for probe in probes:
        sample = ((probe.sent - start) / SECOND, probe.took, probe.status // 100 == 2)
        by_route.setdefault(probe.route, []).append(sample)
    return tuple(_watch(route, samples, length) for route, samples in by_route.items())


def _watch(route: str, samples: list[Sample], length: float) -> WatchLine:
    """Return the line of one watched route."""
    well = [took for _, took, good in samples if good]
    return WatchLine(
        route=route,
        probes=len(samples),
        failed=len(samples) - len(well),
        latency=latency(well),
        series=series(samples, max(length / BUCKETS, 0.05)),
    )


def loads(scopes: Mapping[str, Scope]) -> tuple[LoadLine, ...]:
    """Return the line of every planned load step, in the order of the cases; one that never ran says so."""
    return tuple(_load(scope, step) for scope in scopes.values() for step in scope.case.steps if isinstance(step, Load))


def _load(scope: Scope, step: Load) -> LoadLine:
    """Return the line of one load."""
    ran = scope.load
    measured = statistics.measured(scope.requests)
    answered = [request for request in measured if request.status]
    start = min((request.due for request in measured), default=0)
    samples = [((r.due - start) / SECOND, statistics.latency(r), not statistics.failed(r)) for r in measured]
    return LoadLine(
        case=scope.case.id,
        label=step.label,
        operation=step.operation,
        rate=step.rate,
        seconds=step.seconds,
        planned=ran.planned if ran else round(step.rate * step.seconds),
        sent=len(measured),
        answered=len(answered),
        warmup=len(scope.requests) - len(measured),
        throughput=round(statistics.achieved(measured), 3),
        errors=round(statistics.errors(measured), 6),
        statuses=_counts(str(request.status) for request in answered),
        silences=_counts(request.silence or "no answer" for request in measured if not request.status),
        latency=latency(map(statistics.latency, answered)),
        lateness=latency(max(statistics.lateness(request), 0.0) for request in measured),
        thresholds=tuple(_threshold(t, measured) for t in step.thresholds),
        series=series(samples, max(step.seconds / BUCKETS, 0.25)),
        resources=tuple(
            ResourceLine(
                moment=r.moment, rss=r.rss, descriptors=r.descriptors, threads=r.threads, processes=r.processes
            )
            for r in scope.resources
        ),
        trouble=(ran.trouble if ran else "") or scope.trouble or ("" if measured else "no request was sent"),
    )


def _counts(names: Iterable[str]) -> dict[str, int]:
    """Return how often each name came, in order of name."""
    return dict(sorted(Counter(names).items()))


def _threshold(threshold: Threshold, measured: Sequence[LoadRequest]) -> ThresholdLine:
    """Return a threshold with its number; a load without a request has none, nor has one beyond all bounds."""
    value = statistics.bounded(threshold, measured) if measured else inf
    return ThresholdLine(
        text=threshold.text,
        measure=threshold.measure,
        quantile=threshold.quantile,
        bound=threshold.bound,
        value=round(value, 6) if value < inf else None,
        holds=statistics.holds(threshold, value) if measured else None,
    )
