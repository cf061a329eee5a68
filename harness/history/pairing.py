"""The history of a run, paired into one scope per case.

Cases run one after another, so what lies between a case's start and its end belongs to it. There are two
exceptions: the windows of the clock control overlap cases, so each case gets every window it touches; and a process
that dies between two cases belongs to the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from harness.clock import SECOND
from harness.history.references import learn
from harness.model.cases import Case, Family, Plan
from harness.model.events import (
    Answered,
    CallEnded,
    CallReceived,
    CaseFinished,
    CaseStarted,
    Effect,
    Event,
    FaultArmed,
    FaultCleared,
    FaultFired,
    LoadRan,
    LoadRequest,
    LogLine,
    ProcessSeen,
    Resources,
    Sent,
    Settled,
    Stalled,
    Unanswered,
    Watched,
)
from harness.model.records import record
from harness.model.scope import (
    LOG_LINES,
    DependencyCall,
    Exchange,
    Firing,
    Probe,
    Reference,
    Scope,
    SeenEffect,
    SeenFault,
    Stall,
)
from harness.model.services import Configuration, OperationContract
from harness.model.steps import Send

What = TypeVar("What")

CONTROL = 0
"""The number of the control application's instance, whose processes are not the service's."""

DEATHS = ("died", "worker-lost")
"""What happens to processes that nobody meant."""

LoadLog = Callable[[LoadRan], tuple[LoadRequest, ...]]
"""Reads the per-request log that a load event names."""


@record
class Setting:
    """What every scope of a run shares."""

    configuration: Configuration
    contracts: tuple[OperationContract, ...] = ()

    def contract(self, operation: str) -> OperationContract | None:
        """Return the contract of ``operation``, None where the service documents none."""
        return next((contract for contract in self.contracts if contract.operation == operation), None)


def scopes(events: Iterable[Event], plan: Plan, setting: Setting, read_load: LoadLog) -> dict[str, Scope]:
    """Return the scope of every planned case by its id; a case that never began has an empty one."""
    slices, _, stalls = _sliced(events)
    found: dict[str, Scope] = {}
    references: dict[str, Reference] = {}
    for case in sorted(plan.cases, key=lambda case: case.family is not Family.REFERENCE):
        if case.family is not Family.REFERENCE and not references:
            references = learned(found, plan)
        scope = _whole(case, slices.get(case.id, ()), setting, references, stalls, read_load)
        found[case.id] = replace(scope, logged=_logged(found.values()))
    return found


def _logged(scopes: Iterable[Scope]) -> bool:
    """Tell whether the service wrote a line into its log in one of its clean runs."""
    return any(scope.logs for scope in scopes if scope.case.family is Family.REFERENCE)


def reruns(
    events: Iterable[Event], plan: Plan, setting: Setting, read_load: LoadLog, first: Mapping[str, Scope]
) -> dict[str, tuple[Scope, ...]]:
    """Return the scopes of every whole rerun of a case, by its id; ``first`` are the scopes that were judged.

    A rerun that was cut off is left out: it cannot tell whether anything would have been seen.
    """
    _, slices, stalls = _sliced(events)
    references = learned(first, plan)
    cases = {case.id: case for case in plan.cases}
    seen = {
        case: [_whole(cases[case], own, setting, references, stalls, read_load) for own in again]
        for case, again in slices.items()
        if case in cases
    }
    return {case: tuple(s for s in found if s.finished and not s.trouble) for case, found in seen.items()}


def learned(found: Mapping[str, Scope], plan: Plan) -> dict[str, Reference]:
    """Return the reference of every operation that has reference cases in ``plan``."""
    by_operation: dict[str, list[Scope]] = {}
    for case in plan.cases:
        if case.family is Family.REFERENCE and case.id in found:
            by_operation.setdefault(case.operation, []).append(found[case.id])
    return {operation: learn(operation, own) for operation, own in by_operation.items()}


def _whole(
    case: Case,
    events: Sequence[Event],
    setting: Setting,
    references: Mapping[str, Reference],
    stalls: Sequence[Event],
    read_load: LoadLog,
) -> Scope:
    """Return what the whole history shows of an attempt: whether the clock control outlived it, too."""
    scope = scope_of(case, events, setting, references, stalls, read_load)
    return replace(scope, timed=_timed(events, stalls))


def scope_of(
    case: Case,
    events: Sequence[Event],
    setting: Setting,
    references: Mapping[str, Reference],
    stalls: Sequence[Event],
    read_load: LoadLog,
) -> Scope:
    """Return what ``events`` (those of the case, in order) show of ``case``."""
    exchanges, control = _exchanges(case, events)
    load = next((what for _, what in _of(events, LoadRan)), None)
    scope = Scope(
        case=case,
        configuration=setting.configuration,
        contract=setting.contract(case.operation),
        references=references,
        exchanges=exchanges,
        control=control,
        calls=_calls(events),
        effects=_effects(events),
        faults=_faults(events),
        probes=tuple(Probe(route=w.route, status=w.status, sent=e.at, took=w.took) for e, w in _of(events, Watched)),
        stalls=_stalls(events, stalls),
        resources=tuple(what for _, what in _of(events, Resources)),
        sampled=tuple(event.at for event, _ in _of(events, Resources)),
        load=load,
        requests=read_load(load) if load else (),
        logs=tuple(what.text for _, what in _of(events, LogLine))[-LOG_LINES:],
    )
    return _with_course(scope, events)


def _with_course(scope: Scope, events: Sequence[Event]) -> Scope:
    """Add how the case went: begun, ended, at rest, with all its processes alive."""
    starts = [what for _, what in _of(events, CaseStarted)]
    ends = [what for _, what in _of(events, CaseFinished)]
    lives = [(event.at, what.what) for event, what in _of(events, ProcessSeen) if what.instance != CONTROL]
    processes = [what for _, what in lives]
    given_up = next(((event.at, what.open) for event, what in _of(events, Settled) if what.open), (0, ""))
    return replace(
        scope,
        lost_workers=processes.count("worker-lost"),
        died=processes.count("died"),
        killed=tuple(at for at, what in lives if what == "killed"),
        told_to_stop=next((at for at, what in lives if what == "told-to-stop"), 0),
        started=bool(starts),
        attempt=starts[-1].attempt if starts else 0,
        settles=len(_of(events, Settled)),
        finished=bool(ends),
        trouble=next((end.trouble for end in ends if end.trouble), ""),
        unsettled=given_up[1],
        gave_up=given_up[0],
    )


def _sliced(events: Iterable[Event]) -> tuple[dict[str, list[Event]], dict[str, list[list[Event]]], list[Event]]:
    """Split the history into the events of each case (its last attempt), of its reruns, and the clock control's."""
    slices: dict[str, list[Event]] = {}
    repeated: dict[str, list[list[Event]]] = {}
    stalls: list[Event] = []
    current: list[Event] = []
    latest: list[Event] = []
    strays: list[Event] = []
    for event in events:
        if isinstance(event.what, CaseStarted):
            current = latest = _begun(event.what, slices, repeated, latest, strays)
            strays = []
        if isinstance(event.what, Stalled):
            stalls.append(event)
        current.append(event)
        if current is not latest and isinstance(event.what, ProcessSeen) and event.what.what in DEATHS:
            latest.append(event)
            strays.append(event)
        if isinstance(event.what, CaseFinished):
            current = []
    return slices, repeated, stalls


def _begun(
    start: CaseStarted,
    slices: dict[str, list[Event]],
    repeated: dict[str, list[list[Event]]],
    latest: list[Event],
    strays: list[Event],
) -> list[Event]:
    """Return the list that an attempt which begins fills; what strayed behind its last attempt belongs to it, too."""
    if start.rerun:
        repeated.setdefault(start.case, []).append([])
        return repeated[start.case][-1]
    again = not slices or slices.get(start.case) is latest
    slices[start.case] = strays if again else []
    return slices[start.case]


def _timed(events: Sequence[Event], stalls: Sequence[Event]) -> bool:
    """Tell whether the clock control still gave a reading once the case had ended."""
    ends = [event.at for event, _ in _of(events, CaseFinished)]
    return not ends or any(stall.at >= ends[-1] for stall in reversed(stalls))


def _of(events: Iterable[Event], kind: type[What]) -> tuple[tuple[Event, What], ...]:
    return tuple((event, event.what) for event in events if isinstance(event.what, kind))


def _exchanges(case: Case, events: Sequence[Event]) -> tuple[tuple[Exchange, ...], dict[str, Exchange]]:
    """Pair what was sent with what came of it: those with the service in order, the control's by label."""
    ends = {w.exchange: (e, w) for e, w in _of(events, Answered)} | {
        w.exchange: (e, w) for e, w in _of(events, Unanswered)
    }
    planned = {send.label: send for send in case.sends()}
    paired = [
        (what.lane, _exchange(event, what, ends.get(what.exchange), planned.get(what.label)))
        for event, what in _of(events, Sent)
    ]
    own = tuple(exchange for lane, exchange in paired if lane == "sut")
    return own, {exchange.label: exchange for lane, exchange in paired if lane == "control"}


def _exchange(
    event: Event, sent: Sent, end: tuple[Event, Answered | Unanswered] | None, planned: Send | None
) -> Exchange:
    """Return one exchange; one without an end was cut off by the end of the history."""
    exchange = Exchange(
        number=sent.exchange,
        label=sent.label,
        phase=sent.phase,
        operation=sent.operation,
        event=sent.event,
        identity=sent.identity,
        group=sent.group,
        data=sent.data,
        sent=event.at,
        done=event.at,
        detail="" if end else "the history ends before the exchange does",
        planned=planned,
    )
    if end is None:
        return exchange
    at, what = end
    exchange = replace(exchange, sent=what.sent_at or event.at, done=at.at)
    if isinstance(what, Answered):
        return replace(exchange, answer=what.answer, served_by=what.served_by, later=what.later)
    return replace(exchange, silence=what.silence, detail=what.detail)


def _calls(events: Sequence[Event]) -> tuple[DependencyCall, ...]:
    ends = {(w.dependency, w.call_id): (e.at, w) for e, w in _of(events, CallEnded)}
    calls = []
    for event, what in _of(events, CallReceived):
        at, end = ends.get((what.dependency, what.call_id), (0, CallEnded(dependency="", call_id=0, how="still open")))
        call = DependencyCall(
            number=what.call_id,
            dependency=what.dependency,
            call=what.call,
            method=what.method,
            target=what.target,
            headers=what.headers,
            body=what.body,
            received=event.at,
            ended=at,
            status=end.status,
            how=end.how,
        )
        calls.append(call)
    return tuple(calls)


def _effects(events: Sequence[Event]) -> tuple[SeenEffect, ...]:
    return tuple(
        SeenEffect(
            dependency=what.dependency,
            call=what.call,
            call_number=what.call_id,
            key=what.key,
            new=what.new,
            at=event.at,
        )
        for event, what in _of(events, Effect)
    )


def _faults(events: Sequence[Event]) -> tuple[SeenFault, ...]:
    cleared = {what.fault: event.at for event, what in _of(events, FaultCleared)}
    fired: dict[str, list[Firing]] = {}
    for event, what in _of(events, FaultFired):
        firing = Firing(
            call_number=what.call_id,
            landed=what.landed,
            asked=what.asked,
            got=what.got,
            at=event.at,
            evidence=what.evidence,
        )
        fired.setdefault(what.fault, []).append(firing)
    return tuple(
        SeenFault(
            fault=what.fault,
            armed=event.at,
            cleared=cleared.get(what.fault.id, 0),
            firings=tuple(fired.get(what.fault.id, ())),
        )
        for event, what in _of(events, FaultArmed)
    )


def _stalls(events: Sequence[Event], stalls: Sequence[Event]) -> tuple[Stall, ...]:
    """Return the readings of the clock control whose window touches the case."""
    if not events:
        return ()
    start, end = min(event.at for event in events), max(event.at for event in events)
    return tuple(
        Stall(at=e.at, worst=w.worst, window=w.window, others=w.others, disk=w.disk)
        for e, w in _of(stalls, Stalled)
        if e.at >= start and e.at - round(w.window * SECOND) <= end
    )
