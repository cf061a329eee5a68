"""Requests from a service's log: one JSON object a line, lines of one request joined by its request_id.

A log tells little of a request. What it does not hold (a body, the headers) is missing, and is said; a line of which no
request can be made is said, too. A line's moment is that of its writing: the end of the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from harness.exchange.documents import Source, refused, text_of
from harness.exchange.joining import renamed
from harness.exchange.log_fields import Line, line_of
from harness.model.captures import Capture, Lacking, SeenExchange
from harness.model.messages import Answer, Request, Silence
from harness.model.records import record

CLIENT_GONE = 499
"""What nginx writes as the status of a request whose client left; no answer has it."""

SHOWN = 5
"""How many names a sentence lists."""

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_WHOLE = "this line is no JSON object: leave out what is none"


@record
class _Seen:
    """The lines that tell one request; ``lines`` are all that bear its request_id, the telling ones among them."""

    telling: tuple[Line, ...]
    lines: tuple[Line, ...]


def read_log(source: Source, fields: Mapping[str, str]) -> Capture:
    """Return the requests that the lines tell; ``fields`` names the members that are called otherwise than usual.

    ScenarioError where a line is no JSON object, a member is not what it should be, or no line tells a request.
    """
    lines = tuple(_lines(source, fields))
    losses: list[str] = []
    seen = [each for group in _groups(lines, losses) for each in _requests(group)]
    told = [each for each in seen if each.telling]
    losses += _untold(seen)
    if not told:
        why = f": {losses[0]}" if losses else ""
        raise refused(source, f"no line tells a request by its method and its path{why}")
    exchanges = _in_order([_exchange(each, losses) for each in told], losses)
    losses += _missing(exchanges)
    taken = _begun(told)
    return Capture(
        source="json-log",
        taken=min(taken).isoformat() if len(taken) == len(told) else "",
        exchanges=exchanges,
        losses=tuple(dict.fromkeys(losses)),
    )


def _lines(source: Source, fields: Mapping[str, str]) -> Iterator[Line]:
    for number, text in enumerate(text_of(source).split("\n"), start=1):
        if text.strip():
            yield line_of(source, number, text.rstrip("\r"), fields, _WHOLE)


def _groups(lines: Iterable[Line], losses: list[str]) -> Iterator[tuple[Line, ...]]:
    """Yield the lines of each request_id, in the order of their first; a request without one stands for itself."""
    named: dict[str, list[Line]] = {}
    idle: list[int] = []
    for line in lines:
        if line.request_id or line.tells:
            named.setdefault(line.request_id or f"line-{line.number}", []).append(line)
        else:
            idle.append(line.number)
    if idle:
        losses.append(f"{len(idle)} line(s) are about no request ({_listed(f'line {number}' for number in idle)})")
    yield from (tuple(group) for group in named.values())


def _requests(group: tuple[Line, ...]) -> Iterator[_Seen]:
    """Yield the requests that the lines of one request_id tell: several where they contradict one another."""
    crowd: list[list[Line]] = []
    waiting: list[Line] = []
    for line in group:
        waiting.append(line)
        if line.tells and not (crowd and _same(_telling(crowd[-1])[-1], line)):
            crowd.append([])
        if line.tells:
            crowd[-1] += waiting
            waiting = []
    if crowd:
        crowd[-1] += waiting
    else:
        crowd.append(waiting)
    yield from (_Seen(telling=_telling(lines), lines=tuple(lines)) for lines in crowd)


def _telling(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.tells)


def _same(one: Line, other: Line) -> bool:
    """Tell whether two lines tell one request: the same words, at work at the same time as far as that is known."""
    if (one.method, one.target) != (other.method, other.target):
        return False
    if None not in (one.status, other.status) and one.status != other.status:
        return False
    if one.ended is None or other.ended is None:
        return True
    begun = max(one.ended - one.took, other.ended - other.took)
    return begun <= min(one.ended, other.ended)


def _untold(seen: Iterable[_Seen]) -> Iterator[str]:
    """Say of which request_ids no request can be made."""
    for each in seen:
        if not each.telling:
            first = each.lines[0]
            route = next((line.route for line in each.lines if line.route), "")
            why = f"its lines tell the route '{route}' and not the path" if route else "no line tells method and path"
            yield f"request {first.request_id or first.number} (line {first.number}) is left out: {why}"


def _exchange(seen: _Seen, losses: list[str]) -> SeenExchange:
    """Return the exchange that lines tell; its ``at`` is seconds since 1970, -1 where it is not known."""
    first = seen.telling[0]
    name = first.request_id or f"line-{first.number}"
    if len(seen.telling) > 1:
        losses.append(f"request {name}: {len(seen.telling)} lines tell it; they are taken as one")
    headers = next((line.headers for line in seen.lines if line.headers is not None), None)
    body = next((line.body for line in seen.lines if line.body is not None), None)
    if any(line.rewritten for line in seen.lines if line.body is body):
        losses.append(f"request {name}: its body stands in the log as JSON: how it was spelt is not known")
    missing: list[Lacking] = ["headers"] if headers is None else []
    if body is None and first.method in _WITH_BODY:
        missing.append("body")
    status = next((line.status for line in seen.telling if line.status is not None), None)
    longest = max(seen.telling, key=lambda line: line.took)
    return SeenExchange(
        name=name,
        message=Request(method=first.method, target=first.target, headers=headers or (), body=body or b""),
        answer=Answer(status=status) if status not in (None, 0, CLIENT_GONE) else None,
        silence=Silence.ABANDONED if status == CLIENT_GONE else None,
        at=-1.0 if longest.ended is None else longest.ended - longest.took,
        took=longest.took,
        log=tuple(line.text for line in seen.lines),
        missing=tuple(missing),
    )


def _in_order(exchanges: list[SeenExchange], losses: list[str]) -> tuple[SeenExchange, ...]:
    """Return the exchanges by their starts, counted from the first, each with a name of its own."""
    if any(each.at < 0 for each in exchanges):
        losses.append(
            "not every line has a time: the requests are taken one after the other, in the order of the lines"
        )
        at = 0.0
        placed = []
        for each in exchanges:
            placed.append(replace(each, at=round(at, 6)))
            at += each.took
    else:
        first = min(each.at for each in exchanges)
        placed = sorted((replace(each, at=round(each.at - first, 6)) for each in exchanges), key=lambda each: each.at)
    return tuple(renamed(placed))


def _begun(seen: Iterable[_Seen]) -> list[datetime]:
    ends = (max(each.telling, key=lambda line: line.took) for each in seen)
    return [datetime.fromtimestamp(line.ended - line.took, UTC) for line in ends if line.ended is not None]


def _missing(exchanges: Iterable[SeenExchange]) -> Iterator[str]:
    """Say what the log does not hold."""
    for part in ("headers", "body"):
        names = [each.name for each in exchanges if part in each.missing]
        if names:
            yield f"the log holds no {part} of {_listed(names)}"


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more
