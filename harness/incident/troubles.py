"""What went wrong at a dependency, as faults: where a seen call did not go as the configuration's answer to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from harness.incident.matching import Asked, fits
from harness.model.captures import SeenCall
from harness.model.faults import Fault, Landed
from harness.model.messages import Answer, Silence
from harness.model.recorded import settings_of
from harness.model.records import record
from harness.model.services import Call, Configuration, Dependency

SLOW = 0.1
"""The share of the service's deadline from which on a call counts as slow: a double answers at once."""

_SILENT: Mapping[Silence, str] = {
    Silence.TIMEOUT: "no-answer",
    Silence.ABANDONED: "no-answer",
    Silence.RESET: "reset",
    Silence.CLOSED: "closed",
    Silence.REFUSED: "refused",
}
"""The kind of fault that a call without an answer met."""

_OPEN = frozenset({"no-answer", "reset", "closed"})
"""Kinds of which the caller cannot see whether the effect landed."""

_HOLDING = frozenset({"no-answer", "late", "as-recorded"})
"""Kinds under which a call stays at work for a while, so that something else can come meanwhile."""


@record
class Wait:
    """A call at work: from and until, in seconds from the start of its exchange, and the fault that holds it.

    ``own``: the fault is one of the exchange's own; else it is a gate, which holds a call that went well.
    """

    since: float
    until: float
    fault: Fault
    own: bool


@record
class Trouble:
    """The faults of one exchange in the order of its calls; ``open``: whether their effects landed was not seen.

    ``waits`` are the calls: what began while one of them was at work began while the service waited for it.
    """

    faults: tuple[Fault, ...] = ()
    open: bool = False
    waits: tuple[Wait, ...] = ()


def trouble_of(number: int, calls: Iterable[SeenCall], configuration: Configuration, losses: list[str]) -> Trouble:
    """Return what went wrong at the calls of exchange ``number``; what cannot be told is added to ``losses``."""
    seen: Counter[str] = Counter()
    faults: list[Fault] = []
    waits: list[Wait] = []
    for place, call in enumerate(calls, start=1):
        declared = _declared(call, configuration, losses)
        if declared is None:
            continue
        dependency, script = declared
        seen[f"{dependency.name} {script.route}"] += 1
        gate = Fault(
            id=f"{dependency.name}-{number}-{place}",
            dependency=dependency.name,
            kind="held",
            call=str(script.route),
            first=seen[f"{dependency.name} {script.route}"],
            times=1,
        )
        fault = _fault(call, script, gate, configuration.service.deadline, losses)
        if fault is None or fault.kind in _HOLDING:
            waits.append(Wait(since=call.at, until=call.at + call.took, fault=fault or gate, own=fault is not None))
        if fault is not None:
            _add(faults, fault)
    kept = tuple(replace(fault, needed=not place) for place, fault in enumerate(faults))
    ids = {fault.id for fault in kept}
    return Trouble(
        faults=kept,
        open=any(fault.kind in _OPEN for fault in kept),
        waits=tuple(wait for wait in waits if not wait.own or wait.fault.id in ids),
    )


def landed(faults: Iterable[Fault], whether: Landed) -> tuple[Fault, ...]:
    """Return faults of which it is decided whether their effects landed, where that was not seen."""
    return tuple(replace(fault, landed=whether) if fault.kind in _OPEN else fault for fault in faults)


def _declared(call: SeenCall, configuration: Configuration, losses: list[str]) -> tuple[Dependency, Call] | None:
    """Return which declared call of which dependency was made; None, and a loss, where it is none."""
    what = Asked(method=call.request.method, target=call.request.target)
    known = [dependency for dependency in configuration.dependencies if dependency.name == call.dependency]
    for dependency in known or configuration.dependencies:
        for declared in dependency.calls:
            if fits(declared.route, what) is not None:
                return dependency, declared
    whose = f"{call.dependency}'s declared calls" if known else "the dependencies' declared calls"
    losses.append(f"the call {what} to {call.dependency} is none of {whose}: how it went is left out")
    return None


def _fault(call: SeenCall, declared: Call, base: Fault, deadline: float, losses: list[str]) -> Fault | None:
    """Return the fault that a call met; None where it went as the configuration answers it."""
    if call.answer is None:
        return _silent(call, base, losses)
    slow = call.took >= SLOW * deadline
    as_scripted = call.answer.valid and call.answer.complete and call.answer.status == declared.answer.status
    if as_scripted:
        return replace(base, kind="late", settings={"delay": round(call.took, 3)}) if slow else None
    if call.answer.valid and call.answer.complete and call.answer.status >= 400 and not slow:
        return _status(call.answer, base)
    return _recorded(call, base, round(call.took, 3) if slow else 0.0, losses)


def _silent(call: SeenCall, base: Fault, losses: list[str]) -> Fault | None:
    if call.silence is None:
        losses.append(f"how the call {base.call} to {base.dependency} ended is not known: it is taken as answered")
        return None
    kind = _SILENT[call.silence]
    if kind == "refused":  # it stands at the door, where nobody counts calls
        return Fault(id=base.id, dependency=base.dependency, kind=kind)
    return replace(base, kind=kind)


def _status(answer: Answer, base: Fault) -> Fault:
    after = answer.header("Retry-After")
    settings: dict[str, float | str] = {"code": float(answer.status)}
    return replace(base, kind="status", settings=settings | ({"retry_after": after} if after else {}))


def _recorded(call: SeenCall, base: Fault, delay: float, losses: list[str]) -> Fault:
    """Return the fault that gives the seen answer once more; where no double can, the nearest thing to it."""
    answer = call.answer or Answer(status=0)
    try:
        return replace(base, kind="as-recorded", settings=dict(settings_of(answer, delay)))
    except ValueError as error:
        kind = "truncated" if answer.valid else "malformed-body"
        losses.append(f"the answer to {base.call} of {base.dependency} becomes the fault '{kind}': {error}")
        return replace(base, kind=kind)


def _add(faults: list[Fault], fault: Fault) -> None:
    """Add a fault; one that goes on with the next call of the same kind strikes once more instead."""
    last = faults[-1] if faults else None
    if last is not None and _alike(last, fault) and fault.first == last.first + last.times:
        faults[-1] = replace(last, times=last.times + 1)
    elif last is None or not _alike(last, fault) or fault.kind != "refused":
        faults.append(fault)


def _alike(one: Fault, other: Fault) -> bool:
    return replace(one, id="", first=1, times=1) == replace(other, id="", first=1, times=1)
