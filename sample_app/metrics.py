"""What is counted, for Prometheus.

Contract. Every request that reached the application is counted once, by its outcome; accepted + rejected + failed =
received. Labels come from tables of this service (routes, slugs, outcomes), never from a caller, so their number is
bounded. With several workers set ``PROMETHEUS_MULTIPROC_DIR`` to an empty directory that all of them share: each
writes its own files there, and whichever answers ``/metrics`` adds up all of them, those of dead workers included.
Danger: it reads every ``*.db`` there, so a database of that name in the same directory breaks ``/metrics``.
Without it a process tells of itself alone. Non-goals: no gauges, which cannot be added up; what a sweep finishes is in
its own log and in no meter; an event that two requests finish at once, since a lease ran out, has its items twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from sample_app.journal import Trace, outcome_of
from sample_app.settings import SettingsError

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)  # seconds
NO_ROUTE = "none"
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # read from the process by prometheus_client, when it is imported

DUPLICATES: Mapping[str | None, str] = {
    "in-flight": "in-flight",
    "idempotency-key-reused": "other-body",
}
REPLAY = "replay"  # the stage in which a duplicate of a finished event ends


@dataclass(frozen=True, kw_only=True, slots=True)
class Metrics:
    """The meters of one application."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    rejections: Counter
    items: Counter
    duplicates: Counter
    calls: Counter
    call_seconds: Histogram

    def request(self, trace: Trace, route: str | None, status: int) -> None:
        """Count a request that has its answer."""
        place = route or NO_ROUTE
        self.requests.labels(place, outcome_of(status)).inc()
        self.seconds.labels(place).observe(trace.took())
        if trace.problem is not None:
            self.rejections.labels(place, trace.problem).inc()
        duplicate = REPLAY if trace.stage == REPLAY else DUPLICATES.get(trace.problem)
        if duplicate is not None:
            self.duplicates.labels(duplicate).inc()
        accepted, rejected = trace.items or (0, 0)
        self.items.labels("accepted").inc(accepted)
        self.items.labels("rejected").inc(rejected)

    def call(self, dependency: str, outcome: str, seconds: float) -> None:
        """Count a call to a dependency by what came of it."""
        self.calls.labels(dependency, outcome).inc()
        self.call_seconds.labels(dependency).observe(seconds)

    def text(self) -> bytes:
        """Write all meters in the text format of Prometheus, those of all workers where they share a directory."""
        if SHARED not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def open_metrics() -> Metrics:
    """Make the meters, in a registry of this app's own: two apps in one process do not share it.

    Raises SettingsError when the directory that workers are to share is not there: every request would fail for it.
    """
    directory = os.environ.get(SHARED)
    if directory is not None and not os.path.isdir(directory):
        raise SettingsError(f"{SHARED}={directory!r}: expected an empty directory that all workers can write to")
    registry = CollectorRegistry()
    return Metrics(
        registry=registry,
        requests=Counter(
            "sample_app_requests", "Requests by route and outcome", ["route", "outcome"], registry=registry
        ),
        seconds=Histogram(
            "sample_app_request_seconds", "Latency of requests", ["route"], buckets=BUCKETS, registry=registry
        ),
        rejections=Counter(
            "sample_app_problems", "Requests answered with a problem", ["route", "problem"], registry=registry
        ),
        items=Counter("sample_app_items", "Items of finished batches by outcome", ["outcome"], registry=registry),
        duplicates=Counter(
            "sample_app_duplicates", "Requests whose key was known, by what they got", ["kind"], registry=registry
        ),
        calls=Counter(
            "sample_app_dependency_calls", "Calls to dependencies", ["dependency", "outcome"], registry=registry
        ),
        call_seconds=Histogram(
            "sample_app_dependency_seconds",
            "Latency of calls to dependencies",
            ["dependency"],
            buckets=BUCKETS,
            registry=registry,
        ),
    )
