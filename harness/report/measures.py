"""The numbers of loads and watched routes: exact percentiles, thresholds, series for charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf

from harness.load import statistics
from harness.model.events import LoadRequest
from harness.model.scope import SECOND, Scope
from harness.model.steps import ORDINARY, Load, Threshold
from harness.report.format_loads import (
    Flow,
    Latency,
    LoadLine,
    Point,
    Quantile,
    ResourceLine,
    ThresholdLine,
    WatchLine,
    Window,
)

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
    windows = merged((window for scope in scopes.values() for window in _faults(scope, start)), length)
    return tuple(_watch(route, samples, length, windows) for route, samples in by_route.items())


def merged(windows: Iterable[Window], length: float) -> tuple[Window, ...]:
    """Return the times from 0 to ``length`` in which any of ``windows`` was open: no two of them touch."""
    joined: list[Window] = []
    on_axis = (replace(w, start=max(w.start, 0.0), end=min(w.end, length)) for w in windows)
    for window in sorted((w for w in on_axis if w.start < w.end), key=lambda window: window.start):
        last = joined[-1] if joined else None
        if last and window.start <= last.end:
            joined[-1] = replace(last, end=max(last.end, window.end))
        else:
            joined.append(replace(window, text="faults on"))
    return tuple(joined)


def _faults(scope: Scope, start: int) -> Iterator[Window]:
    """Yield when each fault of a case was armed, on an axis that begins at ``start``."""
    for seen in scope.faults:
        if seen.fault.id != ORDINARY:
            name = f"{seen.fault.dependency}: {seen.fault.kind}"
            yield _window(name, seen.armed, seen.cleared or max([seen.armed, *(f.at for f in seen.firings)]), start)


def _window(text: str, opened: int, closed: int, start: int) -> Window:
    return Window(text=text, start=round((opened - start) / SECOND, 3), end=round((closed - start) / SECOND, 3))


def _watch(route: str, samples: list[Sample], length: float, windows: tuple[Window, ...]) -> WatchLine:
    """Return the line of one watched route."""
    well = [took for _, took, good in samples if good]
    return WatchLine(
        route=route,
        probes=len(samples),
        failed=len(samples) - len(well),
        latency=latency(well),
        series=series(samples, max(length / BUCKETS, 0.05)),
        windows=windows,
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
        resources=_resources(scope, start),
        trouble=(ran.trouble if ran else "") or scope.trouble or ("" if measured else "no request was sent"),
        windows=tuple(_wrong(scope, step, start)) if measured else (),
        flow=_flow(measured, start, max(step.seconds / BUCKETS, 0.25)),
        distribution=_distribution(map(statistics.latency, answered)),
    )


def _resources(scope: Scope, start: int) -> tuple[ResourceLine, ...]:
    """Return the samples of the process tree; without a measured request their axis begins at the first of them."""
    origin = start or min(scope.sampled, default=0)
    return tuple(
        ResourceLine(
            moment=held.moment,
            rss=held.rss,
            descriptors=held.descriptors,
            threads=held.threads,
            processes=held.processes,
            at=round((at - origin) / SECOND, 3),
        )
        for held, at in zip(scope.resources, scope.sampled, strict=True)
    )


def _wrong(scope: Scope, step: Load, start: int) -> Iterator[Window]:
    """Yield everything that was wrong on purpose in a load: faults, ended processes, a surge."""
    yield from _faults(scope, start)
    yield from (_window("worker killed", at, at, start) for at in scope.killed)
    if scope.told_to_stop:
        yield _window("told to stop", scope.told_to_stop, scope.told_to_stop, start)
    if step.surge:
        text = f"{step.surge.factor:g} times as many requests"
        yield Window(text=text, start=step.surge.at, end=step.surge.at + step.surge.seconds)


def _flow(measured: Sequence[LoadRequest], start: int, width: float) -> tuple[Flow, ...]:
    """Return what was due and what was answered well a second, in buckets of ``width`` seconds without a gap."""
    due = Counter(int((r.due - start) / SECOND // width) for r in measured)
    done = Counter(int((r.done - start) / SECOND // width) for r in measured if not statistics.failed(r))
    last = max([*due, *done], default=-1)
    buckets = range(min(last + 1, BUCKETS * 2))
    return tuple(
        Flow(at=round(n * width, 3), offered=round(due[n] / width, 3), answered=round(done[n] / width, 3))
        for n in buckets
    )


_PERCENTS = (1, 5, 10, 25, 50, 75, 80, 90, 95, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.98, 99.99, 99.995, 99.998, 99.999)


def _distribution(seconds: Iterable[float]) -> tuple[Quantile, ...]:
    """Return every percentile that this many samples can tell apart from the longest, then the longest."""
    ordered = sorted(seconds)
    told = [percent for percent in _PERCENTS if len(ordered) * (100 - percent) >= 100]
    return tuple(Quantile(percent=p, ms=_milliseconds(ordered, p)) for p in (*told, 100.0)) if ordered else ()


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
