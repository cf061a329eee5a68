"""What the relays saw, as a capture: exchanges with their calls, and a sentence for what is not there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import pairwise

from harness.model.captures import Capture, SeenCall, SeenExchange, unique_names
from harness.model.messages import HOST_PLACEHOLDER, Answer, Chunk, Ending, Headers, Request, Silence, Wire
from harness.model.records import record
from harness.recorder.correlating import Span, owners, values_of
from harness.recorder.framing import Message
from harness.recorder.turns import Tape, Turn

_PAUSE = 0.1
"""Seconds of silence inside a message from which on they are told: a client that is slow on purpose."""

_GOES_ON = 2.0
"""Seconds for which a request counts as at work when its client has left."""

_FRAMING = frozenset({"content-length", "transfer-encoding"})
_REQUEST_ID = "x-request-id"


@record
class Seen:
    """What was seen: the tapes in front of the service, those of each dependency, and the service's own lines.

    ``authority`` is the address under which clients reached the service; ``now`` (seconds) is the end of it all;
    ``losses`` are known already.
    """

    front: Sequence[Tape]
    behind: Mapping[str, Sequence[Tape]]
    authority: str
    taken: str
    now: float
    log: Sequence[str] = ()
    losses: tuple[str, ...] = field(default=())


def captured(seen: Seen) -> Capture:
    """Return the capture, its exchanges in the order of their starts."""
    turns = sorted((turn for tape in seen.front for turn in tape.turns), key=lambda turn: turn.request.began)
    calls = sorted(
        ((name, turn) for name, tapes in seen.behind.items() for tape in tapes for turn in tape.turns),
        key=lambda call: call[1].request.began,
    )
    names = unique_names(_request_id(turn) for turn in turns)
    owned = owners([_span(turn, seen.now) for turn in turns], [_asking(turn, seen.now) for _, turn in calls])
    began = turns[0].request.began if turns else seen.now
    losses = [*seen.losses, *_strange(seen)]
    exchanges: list[SeenExchange] = []
    for number, (name, turn) in enumerate(zip(names, turns, strict=True)):
        mine = [call for call, owner in zip(calls, owned, strict=True) if owner == number]
        exchanges.append(_exchange(name, turn, mine, seen, began))
        losses += [f"'{name}': {loss}" for loss in _losses(turn)]
        losses += [f"'{name}': the call {_named(*call)}: {loss}" for call in mine for loss in _losses_of_call(call[1])]
    losses += [_not_told(call, began) for call, owner in zip(calls, owned, strict=True) if owner is None]
    return Capture(source="record", taken=seen.taken, exchanges=tuple(exchanges), losses=tuple(losses))


def _span(turn: Turn, now: float) -> Span:
    request, answer = turn.request, turn.answer
    values = values_of(request.target, request.headers, request.body)
    if answer is not None:
        values |= values_of("", answer.headers, answer.body)
    # A service goes on for a client that has left, and nobody sees how long.
    after = _GOES_ON if turn.silence is Silence.ABANDONED else 0.0
    return Span(began=request.began, ended=(turn.ended or now) + after, values=values)


def _asking(turn: Turn, now: float) -> Span:
    request = turn.request
    values = values_of(request.target, request.headers, request.body)
    return Span(began=request.began, ended=turn.ended or now, values=values)


def _exchange(name: str, turn: Turn, calls: Iterable[tuple[str, Turn]], seen: Seen, began: float) -> SeenExchange:
    at = turn.request.began
    return SeenExchange(
        name=name,
        message=_message(turn, seen.authority),
        answer=_answer(turn),
        silence=turn.silence if turn.answer is None else None,
        at=round(at - began, 6),
        took=round((turn.ended or seen.now) - at, 6),
        calls=tuple(_call(dependency, call, at, seen.now) for dependency, call in calls if call.request.readable),
        log=tuple(line for line in seen.log if _request_id(turn) and _request_id(turn) in line),
    )


def _call(dependency: str, turn: Turn, began: float, now: float) -> SeenCall:
    request = turn.request
    # A caller that hangs up on a dependency waits for it no longer: that is its own bound.
    silence = Silence.TIMEOUT if turn.silence is Silence.ABANDONED else turn.silence
    return SeenCall(
        dependency=dependency,
        request=Request(
            method=request.method, target=request.target, headers=_unframed(request.headers), body=request.body
        ),
        answer=_answer(turn),
        silence=silence if turn.answer is None else None,
        at=round(request.began - began, 6),
        took=round((turn.ended or now) - request.began, 6),
    )


def _message(turn: Turn, authority: str) -> Request | Wire:
    """Return what a client sent: a request where that says all of it, its exact bytes in their time where not."""
    request = turn.request
    slow = any(later - earlier >= _PAUSE for (_, earlier), (_, later) in pairwise(request.pieces))
    left = turn.half_closed and turn.silence is not Silence.ABANDONED
    plain = request.readable and request.complete and not request.chunked and not slow and not left
    if not plain or not request.first.endswith("HTTP/1.1"):
        return Wire(chunks=tuple(_chunks(request, authority)), ending=_ending(turn))
    headers = tuple(
        (name, value) for name, value in _unframed(request.headers) if (name.lower(), value) != ("host", authority)
    )
    return Request(method=request.method, target=request.target, headers=headers, body=request.body)


def _chunks(request: Message, authority: str) -> Iterator[Chunk]:
    """Yield the bytes of a message in pieces that have a pause between them, with a mark for the service's address."""
    ends = [end for end, _ in request.pieces[1:]] + [len(request.raw)]
    data, last, pause = b"", request.began, 0.0
    for (start, at), end in zip(request.pieces, ends, strict=True):
        if data and at - last >= _PAUSE:
            yield Chunk(data=_without_host(data, authority), pause=pause)
            data, pause = b"", round(at - last, 3)
        data += bytes(request.raw[start:end])
        last = at
    yield Chunk(data=_without_host(data, authority), pause=pause)


def _without_host(data: bytes, authority: str) -> bytes:
    host = b"\r\nHost: "
    return data.replace(host + authority.encode("latin-1"), host + HOST_PLACEHOLDER)


def _ending(turn: Turn) -> Ending:
    if turn.silence is Silence.ABANDONED and not turn.half_closed:
        return Ending.RESET
    if turn.silence is Silence.ABANDONED:
        return Ending.CLOSE
    return Ending.HALF_CLOSE if turn.half_closed else Ending.LISTEN


def _answer(turn: Turn) -> Answer | None:
    answer = turn.answer
    if answer is None:
        return None
    if not answer.readable:
        return Answer(status=0, body=bytes(answer.raw), complete=False, valid=False, clipped=answer.clipped)
    return Answer(
        status=answer.status,
        reason=answer.reason,
        headers=answer.headers,
        body=answer.body,
        clipped=answer.clipped,
        complete=answer.complete,
    )


def _unframed(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() not in _FRAMING)


def _request_id(turn: Turn) -> str:
    """Return the id under which the service's log knows a request: as it was answered, or else asked."""
    answered = turn.answer.headers if turn.answer else ()
    fields = (*answered, *turn.request.headers)
    return next((value for name, value in fields if name.lower() == _REQUEST_ID), "")


def _named(dependency: str, turn: Turn) -> str:
    request = turn.request
    shown = f"{request.method} {request.target.partition('?')[0]}" if request.readable else "that is not HTTP"
    return f"{shown} to {dependency}"


def _losses(turn: Turn) -> Iterator[str]:
    """Say what is not there of one exchange."""
    request = turn.request
    if request.clipped:
        yield f"its request has {request.size} bytes, of which {len(request.raw)} are here"
    if not request.readable and request.first:
        yield "its request may be read in more than one way: what came on its connection is here as one message"
    if turn.answer is not None and turn.answer.clipped:
        yield f"its answer has {turn.answer.size} bytes with its head, of which {len(turn.answer.raw)} are here"
    if turn.unread:
        yield "the service answered it when its client was gone: that answer is not here"
    if not turn.ended:
        yield "it was still at work when the recording ended"


def _losses_of_call(turn: Turn) -> Iterator[str]:
    """Say what is not there of one call."""
    request = turn.request
    if not request.readable:
        yield "it is no request that can be told"
    elif request.clipped or not request.complete:
        yield "its request is not whole here"
    if turn.answer is not None and turn.answer.clipped:
        yield f"its answer has {turn.answer.size} bytes with its head, of which {len(turn.answer.raw)} are here"
    if turn.silence is Silence.REFUSED:
        yield "nobody listened there; the service saw its connection reset, for the recorder listened"
    if not turn.ended:
        yield "it was still at work when the recording ended"


def _not_told(call: tuple[str, Turn], began: float) -> str:
    return (
        f"the call {_named(*call)} at {call[1].request.began - began:.3f} s is not here: no request was at work alone, "
        "and no value in it tells which one it belongs to"
    )


def _strange(seen: Seen) -> Iterator[str]:
    """Say that something was answered that nobody asked."""
    for name, tapes in (("the service", seen.front), *seen.behind.items()):
        count = sum(tape.strange for tape in tapes)
        if count:
            yield f"{name} sent {count} answers to no request: they are not here"
