"""The numbers of loads and watched routes: exact percentiles, thresholds, series for charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import ceil, inf

from harness.model.cases import Load, Threshold
from harness.model.events import LoadRequest
from harness.model.scope import SECOND, Scope
from harness.report.format import Latency, LoadLine, Point, ResourceLine, ThresholdLine, WatchLine

BUCKETS = 120
"""Points of a series at most: what a chart of a page's width can show."""


def percentile(ordered: Sequence[float], quantile: float) -> float:
    """Return the nearest-rank percentile: the smallest sample that ``quantile`` percent of samples do not exceed.

    ``ordered`` is ascending; 0 for no samples.
    """
    return ordered[max(ceil(quantile / 100 * len(ordered)), 1) - 1] if ordered else 0.0


def latency(seconds: Iterable[float]) -> Latency:
    """Return the percentiles of ``seconds`` in milliseconds."""
    ordered = sorted(seconds)
    p50, p90, p95, p99, longest = (round(percentile(ordered, q) * 1000, 3) for q in (50, 90, 95, 99, 100))
    return Latency(count=len(ordered), p50_ms=p50, p90_ms=p90, p95_ms=p95, p99_ms=p99, max_ms=longest)


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
        middle_ms=round(percentile(times, 50) * 1000, 3),
        worst_ms=round(percentile(times, 100) * 1000, 3),
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
    measured = [request for request in scope.requests if request.measured]
    answered = [request for request in measured if request.status]
    start = min((request.due for request in measured), default=0)
    share = sum(map(_failed, measured)) / len(measured) if measured else 0.0
    span = _span(measured)
    throughput = len(answered) / span if span else 0.0
    samples = [((r.due - start) / SECOND, _took(r), not _failed(r)) for r in measured]
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
        throughput=round(throughput, 3),
        errors=round(share, 6),
        statuses=_counts(str(request.status) for request in answered),
        silences=_counts(request.silence or "no answer" for request in measured if not request.status),
        latency=latency(_took(request) for request in answered),
        lateness=latency(max(request.sent - request.due, 0) / SECOND for request in measured),
        thresholds=tuple(_threshold(t, measured, share, throughput) for t in step.thresholds),
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


def _failed(request: LoadRequest) -> bool:
    """Say whether a request counts as an error: no answer, or one of the 5xx class."""
    return not request.status or request.status >= 500


def _took(request: LoadRequest) -> float:
    """Return seconds from the intended start: waiting to be sent is waiting."""
    return (request.done - request.due) / SECOND


def _span(measured: list[LoadRequest]) -> float:
    """Return the seconds from the first request due to the last one done."""
    if not measured:
        return 0.0
    return (max(request.done for request in measured) - min(request.due for request in measured)) / SECOND


def _threshold(threshold: Threshold, measured: list[LoadRequest], errors: float, throughput: float) -> ThresholdLine:
    """Return a threshold with its number. Who got no answer waited for ever; a load without a request has no number."""
    times = sorted(_took(request) if request.status else inf for request in measured)
    numbers = {"p": percentile(times, threshold.quantile), "errors": errors, "rate": throughput}
    value = numbers[threshold.measure]
    below = value < threshold.bound if threshold.comparison == "<" else value > threshold.bound
    return ThresholdLine(
        text=threshold.text,
        measure=threshold.measure,
        quantile=threshold.quantile,
        bound=threshold.bound,
        value=round(value, 6) if measured and value < inf else None,
        holds=below if measured else None,
    )
