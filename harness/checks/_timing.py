"""When a time can be believed: only where the harness itself was not held up at that moment."""

from __future__ import annotations

from harness.model.messages import Wire
from harness.model.scope import SECOND, Exchange, Probe, Scope

OTHERS = 0.1
"""The share of the machine that others may take before a time that is too long is laid to them."""

NORMAL = 1.0
"""Seconds within which a probe of a watched route counts as answered as ever."""

PROBES = 3
"""Probes that it takes to say that a service was well served by its machine."""

CROWDED_OUT = 0.4
"""The share that others must take before even what never came is laid to them."""


def margin(scope: Scope) -> float:
    """Return the seconds beyond the deadline at which an answer is late: a tenth of it, at least 0.25."""
    return max(0.25, scope.configuration.service.deadline / 10)


def waited(exchange: Exchange) -> float:
    """Return the seconds that the client waited for: the time of the exchange without its own planned pauses."""
    message = exchange.planned.message if exchange.planned else None
    pauses = sum(chunk.pause for chunk in message.chunks) if isinstance(message, Wire) else 0.0
    return exchange.took - pauses


def held_up(scope: Scope, start: int, end: int, tolerance: float, others: float = OTHERS) -> str:
    """Say why a time between two moments cannot be believed to ``tolerance`` seconds; empty: it can.

    ``others`` is the share of the machine that other processes may have taken.
    """
    worst = scope.worst_stall(start, end)
    if worst is None:
        return "no clock control ran at that moment"
    if worst >= tolerance:
        return f"the harness itself was held up for {worst:.3f} s at that moment"
    disk = max((reading.disk for reading in scope.readings(start, end)), default=0.0)
    if disk >= tolerance:
        return f"the disk took {disk:.3f} s to keep one page at that moment"
    return crowded(scope, start, end, others)


def crowded(scope: Scope, start: int, end: int, share: float) -> str:
    """Say that others took ``share`` of the machine, on average, or twice as much at once; empty: they did not."""
    shares = [reading.others for reading in scope.readings(start, end) if reading.others >= 0]
    if not shares:
        return ""
    mean, most = sum(shares) / len(shares), max(shares)
    if mean >= share or most >= 2 * share:
        return f"other processes took {mean:.0%} of the machine's processors at that moment ({most:.0%} at most)"
    return ""


def slow_probe(scope: Scope, start: int, end: int) -> Probe | None:
    """Return a probe of a watched route that was answered slowly or not at all between two moments."""
    during = (p for p in scope.probes if p.sent <= end and p.sent + round(p.took * SECOND) >= start)
    return next((p for p in during if not p.status or p.took > NORMAL), None)


def quick_probes(scope: Scope, start: int, end: int) -> bool:
    """Tell whether watched routes were answered quickly between two moments: the service had its share."""
    during = [p for p in scope.probes if p.sent >= start and p.sent + round(p.took * SECOND) <= end]
    return len(during) >= PROBES and all(p.status and p.took <= NORMAL for p in during)
