"""The records of ``report.json`` that hold numbers over time: loads and watched routes."""

from __future__ import annotations

from collections.abc import Mapping

from harness.model.records import record


@record
class Point:
    """One bucket of a series: ``count`` requests or probes from ``at`` (seconds), of which ``errors`` failed.

    ``middle_ms`` and ``worst_ms`` are the median and the longest; 0 where none was answered.
    """

    at: float
    count: int
    errors: int
    middle_ms: float
    worst_ms: float


@record
class Latency:
    """Exact percentiles (nearest rank) in milliseconds, of ``count`` samples; all 0 where there are none."""

    count: int
    p50_ms: float
    p90_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


@record
class Window:
    """What was wrong on purpose, from ``start`` to ``end`` (seconds on the series' axis); equal: at one moment."""

    text: str
    start: float
    end: float


@record
class Flow:
    """One bucket of a load from ``at`` (seconds): requests due a second, and answers that came a second (no 5xx)."""

    at: float
    offered: float
    answered: float


@record
class Quantile:
    """One point of a distribution: ``percent`` of the answered requests took at most ``ms`` milliseconds."""

    percent: float
    ms: float


@record
class WatchLine:
    """A watched route over the run. ``failed`` probes were not answered with 2xx; ``latency`` is of those that were.

    ``windows`` are the times in which any fault was on.
    """

    route: str
    probes: int
    failed: int
    latency: Latency
    series: tuple[Point, ...]
    windows: tuple[Window, ...] = ()


@record
class ThresholdLine:
    """A threshold and its number: seconds, a fraction, or answers per second.

    ``value`` None: no request to take it from, or requests without an answer, which waited for ever. ``holds`` None:
    nothing to hold it against. It says what the number is; whether it decides is the judgement of ``load-thresholds``.
    """

    text: str
    measure: str
    quantile: float
    bound: float
    value: float | None
    holds: bool | None


@record
class ResourceLine:
    """The service's process tree at one moment of a load: bytes of memory, descriptors, threads, processes.

    ``at`` is in seconds on the axis of the series: below 0 before the first measured request was due.
    """

    moment: str
    rss: int
    descriptors: int
    threads: int
    processes: int
    at: float = 0.0


@record
class LoadLine:
    """One load. Latency counts from the intended start. ``warmup`` requests are in no other number.

    ``lateness`` is how late requests were sent: the generator's own saturation. ``statuses`` counts answers by status,
    ``silences`` requests without one by reason; ``errors`` is the fraction without an answer or with one of
    the 5xx class, ``throughput`` the rate of the others. ``latency`` is of the requests that were answered.
    ``windows`` say what was wrong when; ``flow`` is what was asked and what came, ``distribution`` every percentile
    that the number of answers can tell.
    """

    case: str
    label: str
    operation: str
    rate: float
    seconds: float
    planned: int
    sent: int
    answered: int
    warmup: int
    throughput: float
    errors: float
    statuses: Mapping[str, int]
    silences: Mapping[str, int]
    latency: Latency
    lateness: Latency
    thresholds: tuple[ThresholdLine, ...]
    series: tuple[Point, ...]
    resources: tuple[ResourceLine, ...]
    trouble: str
    windows: tuple[Window, ...] = ()
    flow: tuple[Flow, ...] = ()
    distribution: tuple[Quantile, ...] = ()
