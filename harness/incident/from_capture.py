"""From a capture to cases: what was seen is sent again, with what went wrong at the dependencies, as new events.

What was answered then is no truth. What a correct service does is judged by what needs no rule: nothing fails, nothing
hangs, an event has its effect once. Each view of the same steps is a case of its own, in the family that judges it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from harness.incident.matching import (
    Asked,
    asked,
    fits,
    identity_of,
    operation_of,
    sent_again,
    with_identity,
)
from harness.incident.ordering import Played, steps_of
from harness.incident.troubles import Trouble, Wait, landed, trouble_of
from harness.model.captures import Capture, SeenExchange
from harness.model.cases import SEEN, Case, Family
from harness.model.errors import Problem, ScenarioError
from harness.model.faults import Fault, Landed
from harness.model.messages import Message, Request, Silence, placeholder
from harness.model.records import record
from harness.model.services import Configuration, Operation
from harness.model.steps import Expectation, Expected, Phase, ReadBack, Send, Step
from harness.plan.contracts import valid_request
from harness.redaction.own import with_own_named

SHORTEST = 0.05
"""Seconds after which a client gives up at the earliest: less would be over before anything was sent."""

VALID = Expectation(expected=Expected.ACCEPTED, rule="the operation's own valid example is accepted")
OPEN = Expectation(expected=Expected.EITHER, rule="accepted or refused; it neither fails nor hangs", owing=False)

_TROUBLES = {
    Family.DUPLICATE: "an event seen again",
    Family.TIMEOUT: "a dependency seen to fail",
    Family.MALFORMED: "a request as seen",
}
"""What goes wrong in each view: the kind of trouble that a fingerprint carries."""


@record
class Made:
    """The cases of a capture, the likeliest first, and what of the capture they do not hold."""

    cases: tuple[Case, ...]
    losses: tuple[str, ...]


@record
class _Seen:
    """An exchange with its operation, its number in the capture and its event (0: it carries none)."""

    number: int
    exchange: SeenExchange
    operation: Operation
    message: Message
    event: int
    plain: bool
    trouble: Trouble


def cases_of(capture: Capture, configuration: Configuration, *, file: str, name: str) -> Made:
    """Return the cases that a capture comes to; ``name`` is that of their scenario.

    ScenarioError, under ``file``, names every exchange that asks for none of the configuration's operations.
    """
    losses: list[str] = []
    kept, reads = _kept(capture, configuration, file, losses)
    seen = _with_events(kept, configuration, losses)
    repeated = {event for event, times in Counter(each.event for each in seen).items() if event and times > 1}
    faulty = any(each.trouble.faults for each in seen)
    families = [
        *([Family.DUPLICATE] if repeated else []),
        *([Family.TIMEOUT] if faulty else [Family.MALFORMED]),
    ]
    ways = (Landed.WHOLE, Landed.NONE) if any(each.trouble.open for each in seen) else (None,)
    if len(ways) > 1:
        losses.append("whether the effects of calls without an answer landed was not seen: both are tried")
    views = [_View(family=family, repeated=frozenset(repeated), landed=way) for family in families for way in ways]
    losses += _unread(_decisive(views[0], seen).operation, seen, reads)
    cases = [_case(view, seen, reads, capture.source, name) for view in views]
    return Made(
        cases=tuple(replace(case, id=f"{SEEN}/{case.operation}/{n}") for n, case in enumerate(cases, start=1)),
        losses=tuple(dict.fromkeys(losses)),
    )


def _unread(about: Operation, seen: Iterable[_Seen], reads: dict[str, list[str]]) -> Iterable[str]:
    """Say which reads are left out: what is read back belongs to the operation that the case is about."""
    for each in seen:
        if each.operation.name != about.name and each.exchange.name in reads:
            names = ", ".join(reads[each.exchange.name])
            yield f"'{names}' is left out: the case is about {about.name}, and it reads what {each.operation.name} made"


@record
class _View:
    """One look at what was seen: the family that judges it, and whether open effects landed (None: all were seen)."""

    family: Family
    repeated: frozenset[int]
    landed: Landed | None


def _kept(
    capture: Capture, configuration: Configuration, file: str, losses: list[str]
) -> tuple[list[tuple[int, SeenExchange, Operation]], dict[str, list[str]]]:
    """Return the exchanges that ask for an operation; and, by the exchange that made it, the reads of what was made."""
    kept: list[tuple[int, SeenExchange, Operation]] = []
    reads: dict[str, list[str]] = {}
    strange: list[Problem] = []
    for number, exchange in enumerate(capture.exchanges, start=1):
        what = asked(exchange.message)
        operation = operation_of(exchange.message, configuration.operations)
        if operation is not None:
            kept.append((number, exchange, operation))
        elif maker := _maker(what, kept):
            reads.setdefault(maker, []).append(exchange.name)
        elif why := _beside(what, configuration):
            losses.append(f"'{exchange.name}' ({what}) is left out: {why}")
        else:
            strange.append(_strange(exchange, what, configuration, file))
    if strange:
        raise ScenarioError(tuple(strange))
    if not kept:
        told = f"none of the requests asks for an operation; those are {_operations(configuration)}"
        raise ScenarioError((Problem(message=told, file=file),))
    return kept, reads


def _maker(what: Asked, kept: Sequence[tuple[int, SeenExchange, Operation]]) -> str:
    """Return the exchange whose answer holds what is read here; empty: none does."""
    for _, exchange, operation in reversed(kept):
        found = fits(operation.read, what) if operation.read else None
        if found and exchange.answer and all(value.encode() in exchange.answer.body for value in found.groups()):
            return exchange.name
    return ""


def _beside(what: Asked, configuration: Configuration) -> str:
    """Say why a request may be left out: it reads what was made before, or is a probe; empty: it is neither."""
    if any(o.read and fits(o.read, what) for o in configuration.operations):
        return "it reads what no answer here gave"
    if any(fits(route, what) for route in (*configuration.watch, configuration.service.ready)):
        return "it is a probe"
    return ""


def _strange(exchange: SeenExchange, what: Asked, configuration: Configuration, file: str) -> Problem:
    asks = f"'{exchange.name}' asks for {what}" if what.method else f"'{exchange.name}' does not say what it asks for"
    told = f"{asks}, which is none of the operations: {_operations(configuration)}; add it to them, or leave it out"
    return Problem(message=told, file=file)


def _operations(configuration: Configuration) -> str:
    return ", ".join(f"{operation.name} ({operation.route})" for operation in configuration.operations)


def _with_events(
    kept: Sequence[tuple[int, SeenExchange, Operation]], configuration: Configuration, losses: list[str]
) -> tuple[_Seen, ...]:
    """Return the exchanges as new events: equal identities become the same number."""
    numbers: dict[tuple[str, ...], int] = {}
    found = []
    for number, exchange, operation in kept:
        message, fresh = _whole(exchange, operation, losses)
        identity = identity_of(operation, message)
        if not identity and operation.event and not fresh:
            losses.append(f"'{exchange.name}' carries no identity of its event: it is sent without one")
        key = (exchange.name, "fresh") if fresh else identity
        event = numbers.setdefault(key, len(numbers) + 1) if key else 0
        if event:
            message = with_identity(operation, message, placeholder(event))
        found.append(
            _Seen(
                number=number,
                exchange=exchange,
                operation=operation,
                message=with_own_named(message, operation.headers, configuration.secrets),
                event=event,
                plain=isinstance(message, Request) and _same(message, valid_request(operation, event or 1)),
                trouble=trouble_of(number, exchange.calls, configuration, losses),
            )
        )
    return tuple(found)


def _whole(exchange: SeenExchange, operation: Operation, losses: list[str]) -> tuple[Message, bool]:
    """Return the message to send, and whether its identity was in none of what was seen.

    What the source does not hold of the request is that of the operation's example.
    """
    message = sent_again(exchange.message)
    if not isinstance(message, Request) or not exchange.missing:
        return message, False
    example = valid_request(operation)
    losses += [
        f"the {part} of '{exchange.name}': not seen, so what the example of {operation.name} has stands there"
        for part in exchange.missing
    ]
    place = {"headers": "header", "body": "json"}
    seen = [selector for selector in operation.event if selector.place not in map(place.get, exchange.missing)]
    message = replace(
        message,
        headers=example.headers if "headers" in exchange.missing else message.headers,
        body=example.body if "body" in exchange.missing else message.body,
    )
    return message, bool(operation.event) and not seen


def _same(message: Request, example: Request) -> bool:
    """Tell whether a message is the operation's own example, whatever the case of its header names."""

    def plain(request: Request) -> tuple[str, str, list[tuple[str, str]], bytes]:
        fields = sorted((name.lower(), value) for name, value in request.headers)
        return request.method, request.target, fields, request.body

    return plain(message) == plain(example)


def _case(view: _View, seen: Sequence[_Seen], reads: dict[str, list[str]], source: str, name: str) -> Case:
    decisive = _decisive(view, seen)
    last_fault = max((each.number for each in seen if each.trouble.faults), default=0)
    steps = steps_of([_played(view, each, last_fault, reads, decisive.operation) for each in seen])
    return Case(
        id="",
        entry=SEEN,
        family=view.family,
        scenario=name,
        operation=decisive.operation.name,
        title=f"{len(seen)} request{'s' if len(seen) > 1 else ''} as seen ({source})",
        trouble=_TROUBLES[view.family],
        steps=steps,
        checks=_checks(view, seen),
    )


def _decisive(view: _View, seen: Sequence[_Seen]) -> _Seen:
    """Return the exchange that a case is about: of the event that comes again, at the failing dependency, the first."""
    if view.family is Family.DUPLICATE:
        return next(each for each in seen if each.event in view.repeated)
    return next((each for each in seen if each.trouble.faults), seen[0])


def _played(view: _View, each: _Seen, last_fault: int, reads: dict[str, list[str]], operation: Operation) -> Played:
    exchange = each.exchange
    send = Send(
        label=f"seen-{each.number}",
        phase=_phase(view, each, last_fault),
        operation=each.operation.name,
        message=each.message,
        event=each.event,
        expect=VALID if each.plain and not (view.family is Family.MALFORMED and view.repeated) else OPEN,
        give_up_after=_patience(exchange),
        altered=not each.plain,
    )
    made = reads.get(exchange.name, []) if each.operation.name == operation.name else []
    after: tuple[Step, ...] = tuple(
        ReadBack(label=f"read-{each.number}-{n}", of=send.label, phase=send.phase) for n, _ in enumerate(made, start=1)
    )
    faults = landed(each.trouble.faults, view.landed) if view.landed else each.trouble.faults
    return Played(
        send=send,
        since=exchange.at,
        until=exchange.at + exchange.took,
        faults=faults,
        waits=_decided(each.trouble, faults),
        after=after,
    )


def _decided(trouble: Trouble, faults: Iterable[Fault]) -> tuple[Wait, ...]:
    """Return the waits with the faults as they are armed."""
    by_id = {fault.id: fault for fault in faults}
    return tuple(replace(wait, fault=by_id.get(wait.fault.id, wait.fault)) for wait in trouble.waits)


def _phase(view: _View, each: _Seen, last_fault: int) -> Phase:
    """Return the phase of a send: what comes before and after a failing dependency is no part of the trouble."""
    if view.family is not Family.TIMEOUT or each.trouble.faults:
        return Phase.FAULT
    return Phase.RECOVERY if each.number > last_fault else Phase.BASELINE


def _patience(exchange: SeenExchange) -> float | None:
    """Return after how many seconds the client leaves, as it did then; None: it did not."""
    left = exchange.silence in (Silence.ABANDONED, Silence.TIMEOUT) and exchange.took > 0
    return max(exchange.took, SHORTEST) if left else None


def _checks(view: _View, seen: Sequence[_Seen]) -> tuple[str, ...]:
    """Return the checks that must have a chance to fail: those that need nothing but an answer or an event."""
    if view.family is Family.DUPLICATE and any(each.operation.effect for each in seen if each.event in view.repeated):
        return ("one-effect-per-event",)
    stays = any(_patience(each.exchange) is None for each in seen)
    return ("answer-in-time",) if stays and all(isinstance(each.message, Request) for each in seen) else ()
