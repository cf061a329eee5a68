"""Numbers of a load from its per-request log. Pure and exact: from every request, never from a histogram.

Latency is seconds from the moment a request was *due* to the end of its answer. A request without an answer has
no latency: its client waited in vain, so it counts as infinitely late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import ceil, inf

from harness.model.events import LoadRequest
from harness.model.scope import SECOND
from harness.model.steps import Threshold


def percentile(values: Sequence[float], quantile: float) -> float:
    """Return the nearest-rank percentile: the smallest value with at least ``quantile`` % of the values at or below it.

    It is always one of the values (Hyndman and Fan's first definition, ``inverted_cdf`` in numpy). ``quantile``
    lies above 0 and at or below 100; ValueError otherwise, and where there is no value.
    """
    if not values or not 0 < quantile <= 100:
        raise ValueError(f"no percentile {quantile:g} of {len(values)} values")
    # The product before the division: 0.07 * 100 is 7.000000000000001, whose ceiling would be one rank too far.
    return sorted(values)[max(ceil(quantile * len(values) / 100), 1) - 1]


def latency(request: LoadRequest) -> float:
    """Return the seconds from when ``request`` was due to its answer; infinite where there is none."""
    return (request.done - request.due) / SECOND if request.status else inf


def lateness(request: LoadRequest) -> float:
    """Return the seconds by which the generator itself began ``request`` late."""
    return (request.sent - request.due) / SECOND


def failed(request: LoadRequest) -> bool:
    """Say whether a request got no answer or one of the 5xx class."""
    return request.status == 0 or request.status >= 500


def measured(requests: Iterable[LoadRequest]) -> tuple[LoadRequest, ...]:
    """Return the requests after the warm-up in the order due."""
    return tuple(sorted((r for r in requests if r.measured), key=lambda r: r.index))


def achieved(requests: Sequence[LoadRequest]) -> float:
    """Return answers (not 5xx) per second: until the last ended, at least one mean interval after the last was due."""
    if len(requests) < 2:
        return 0.0
    first, last = min(r.due for r in requests), max(r.due for r in requests)
    window = max(last + (last - first) / (len(requests) - 1), *(r.done for r in requests)) - first
    return sum(1 for r in requests if not failed(r)) * SECOND / window


def errors(requests: Sequence[LoadRequest]) -> float:
    """Return the share of requests whose answer is missing or of the 5xx class; 0 where there is no request."""
    return sum(map(failed, requests)) / len(requests) if requests else 0.0


def bounded(threshold: Threshold, requests: Sequence[LoadRequest]) -> float:
    """Return the number that ``threshold`` bounds: seconds, a share of errors, or answers per second."""
    return _BOUNDED[threshold.measure](requests, threshold.quantile)


def holds(threshold: Threshold, value: float) -> bool:
    """Say whether ``value`` keeps the bound of ``threshold``, which is exclusive on either side."""
    return value < threshold.bound if threshold.comparison == "<" else value > threshold.bound


_BOUNDED: Mapping[str, Callable[[Sequence[LoadRequest], float], float]] = {
    "p": lambda requests, quantile: percentile([latency(request) for request in requests], quantile),
    "errors": lambda requests, _: errors(requests),
    "rate": lambda requests, _: achieved(requests),
}
