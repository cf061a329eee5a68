"""A case as a sequence on one time axis: what was sent, what the service called, where the fault struck."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from harness.model.cases import Family
from harness.model.scope import DependencyCall, Exchange, Scope, SeenFault
from harness.report.format import Moment
from harness.report.shown import one_line

ROWS = 32
"""Rows that a reader takes in; of more, those around the decisive exchanges stay."""

_SILENCES = {
    "timeout": "no answer in time",
    "refused": "connection refused",
    "reset": "connection reset",
    "closed": "closed without an answer",
    "abandoned": "client gave up, as planned",
}


def timeline(scope: Scope, decisive: Collection[int]) -> tuple[tuple[Moment, ...], int]:
    """Return the rows of a case in order of time, and how many were left out. A load has none: it has charts."""
    if scope.case.family is Family.LOAD:
        return (), 0
    origin = _origin(scope)
    rows = sorted(_rows(scope, origin, decisive), key=lambda row: (row.at_ms, row.number))
    kept = _near(rows) if len(rows) > ROWS else rows
    return tuple(kept), len(rows) - len(kept)


def _origin(scope: Scope) -> int:
    """Return when the case's first act was."""
    moments = [e.sent for e in scope.exchanges] + [f.armed for f in scope.faults] + [c.received for c in scope.calls]
    return min(moments, default=0)


def _rows(scope: Scope, origin: int, decisive: Collection[int]) -> Iterator[Moment]:
    """Yield every row of a case."""
    for exchange in scope.exchanges:
        yield _exchange(exchange, origin, decisive)
    for call in scope.calls:
        yield _call(call, origin)
    for effect in scope.effects:
        key = f" under key {one_line(effect.key, 44)}" if effect.key else ""
        yield Moment(
            kind="effect",
            lane=effect.dependency,
            at_ms=_ms(effect.at, origin),
            until_ms=_ms(effect.at, origin),
            text=f"{'effect' if effect.new else 'known effect, nothing new'}{key}",
            result="",
            number=effect.call_number,
        )
    for fault in scope.faults:
        yield from _fault(fault, origin)


def _exchange(exchange: Exchange, origin: int, decisive: Collection[int]) -> Moment:
    """Return the row of an exchange."""
    first = exchange.data.split(b"\r\n", 1)[0].decode("latin-1").removesuffix(" HTTP/1.1")
    event = f", event {exchange.event}" if exchange.event else ""
    return Moment(
        kind="exchange",
        lane="client",
        at_ms=_ms(exchange.sent, origin),
        until_ms=_ms(exchange.done, origin),
        text=f"{one_line(first, 60)} ({exchange.label}{event})",
        result=outcome(exchange),
        number=exchange.number,
        decisive=exchange.number in decisive,
    )


def outcome(exchange: Exchange) -> str:
    """Return what came of an exchange in a few words."""
    if exchange.silence is not None:
        return _SILENCES[exchange.silence.value]
    if exchange.answer is None:
        return "still open at the end"
    if not exchange.answer.valid:
        return "an answer that is not HTTP"
    whole = "" if exchange.answer.complete else ", cut short"
    return f"{exchange.answer.status} {one_line(exchange.answer.reason, 30)}".strip() + whole


def _call(call: DependencyCall, origin: int) -> Moment:
    """Return the row of a call to a dependency."""
    result = f"{call.status}" if call.status else "no whole answer"
    return Moment(
        kind="call",
        lane=call.dependency,
        at_ms=_ms(call.received, origin),
        until_ms=_ms(max(call.ended, call.received), origin),
        text=one_line(f"{call.method} {call.target}", 60),
        result=result if call.how in ("", "answered") else f"{result} ({one_line(call.how, 40)})",
        number=call.number,
    )


def _fault(seen: SeenFault, origin: int) -> Iterator[Moment]:
    """Yield the rows of a fault: armed, every strike, cleared."""
    name = seen.fault.kind
    yield _strike(seen, seen.armed, origin, f"{name} armed", "", 0)
    for firing in seen.firings:
        landed = "the effect landed" if firing.landed.value == "whole" else "no effect"
        timing = f", asked {firing.asked * 1000:.0f} ms, got {firing.got * 1000:.0f} ms" if firing.asked else ""
        yield _strike(seen, firing.at, origin, f"{name} struck", landed + timing, firing.call_number)
    if not seen.firings:
        yield _strike(seen, seen.cleared or seen.armed, origin, f"{name} never struck", "no matching call came", 0)
    if seen.cleared:
        yield _strike(seen, seen.cleared, origin, f"{name} cleared", "", 0)


def _strike(seen: SeenFault, at: int, origin: int, text: str, result: str, number: int) -> Moment:
    """Return one row of a fault."""
    moment = _ms(at, origin)
    return Moment(
        kind="fault", lane=seen.fault.dependency, at_ms=moment, until_ms=moment, text=text, result=result, number=number
    )


def _near(rows: list[Moment]) -> list[Moment]:
    """Return at most ROWS rows: the decisive exchanges, what happened during them, then what lies nearest before."""
    decisive = [row for row in rows if row.decisive]
    spans = [(row.at_ms, row.until_ms) for row in decisive] or [(rows[-1].at_ms, rows[-1].until_ms)]

    def distance(row: Moment) -> tuple[bool, float]:
        return not row.decisive, min(max(start - row.until_ms, row.at_ms - end, 0.0) for start, end in spans)

    chosen = sorted(range(len(rows)), key=lambda place: (*distance(rows[place]), -place))[:ROWS]
    return [rows[place] for place in sorted(chosen)]


def _ms(at: int, origin: int) -> float:
    """Return milliseconds since the case's first act."""
    return round((at - origin) / 1_000_000, 3)
