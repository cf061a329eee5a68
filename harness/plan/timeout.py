"""The timeout family: a dependency that is late, partial, wrong or gone, and the way back.

Every case is told in three phases. Baseline: a clean request. Fault: requests while the fault is armed.
Recovery: the fault is cleared, the failed request is sent again as the same event, and fresh ones
until the service is well. The table says which faults an entry stands for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from harness.model.cases import (
    Arm,
    Case,
    Clear,
    Family,
    Omission,
    Phase,
    ReadBack,
    Recover,
    Settle,
    Step,
)
from harness.model.faults import Fault, Landed
from harness.model.records import record
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Configuration, Operation
from harness.plan.choreography import ACCEPTED, omitted, selected, titled, valid
from harness.plan.contracts import valid_request

RECOVERY_EVENT = 100
"""The number of the first event that a recovery sends."""


@record
class Strike:
    """One fault of an entry: its kind, how often, with what; ``sends`` requests meet it.

    ``deadlines`` sets the ``delay``, in deadlines of the service; 0: ``settings`` says it all.
    """

    label: str
    kind: str
    times: int = 0
    sends: int = 1
    landed: Landed | None = None
    settings: Mapping[str, float | str]
    deadlines: float = 0.0


@record
class Trouble:
    """A catalogue entry of the family: what it is called, and the faults it stands for."""

    title: str
    strikes: tuple[Strike, ...]


def _strike(
    label: str, kind: str, times: int = 0, sends: int = 1, deadlines: float = 0.0, **settings: float | str
) -> Strike:
    return Strike(label=label, kind=kind, times=times, sends=sends, settings=settings, deadlines=deadlines)


_ENTRIES: dict[str, Trouble] = {
    "T01": Trouble(title="the dependency refuses connections", strikes=(_strike("refused", "refused", sends=2),)),
    "T02": Trouble(title="the dependency accepts and never answers", strikes=(_strike("no-answer", "no-answer"),)),
    "T05": Trouble(
        title="the dependency closes without a byte",
        strikes=(_strike("closed", "closed"), _strike("reset", "reset")),
    ),
    "T11": Trouble(title="the answer is cut short of its length", strikes=(_strike("truncated", "truncated"),)),
    "T15": Trouble(
        title="a success whose body is not what it should be",
        strikes=tuple(_strike(body, "malformed-body", body=body) for body in ("html", "empty", "null", "list")),
    ),
    "T22": Trouble(
        title="the dependency fails once, then is fine",
        strikes=tuple(_strike(f"{code}-once", "status", times=1, code=code) for code in (500, 502, 503, 504)),
    ),
    "T23": Trouble(
        title="the dependency is unavailable for ever", strikes=(_strike("503", "status", sends=3, code=503),)
    ),
    "T28": Trouble(
        title="the answer comes after we gave up", strikes=(_strike("beyond-the-deadline", "late", deadlines=1.25),)
    ),
    "T29": Trouble(
        title="the effect is done, the answer is lost",
        strikes=(_strike("once", "reply-lost", times=1), _strike("every-time", "reply-lost")),
    ),
}


def titles() -> Mapping[str, str]:
    """Return what each catalogue entry of this family is called, by its id."""
    return {entry: trouble.title for entry, trouble in _ENTRIES.items()}


def plan_timeouts(scenario: Scenario, configuration: Configuration) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    """Return the cases of ``scenario``, and the entries left out for an operation and why.

    A catalogue entry strikes every declared call, the operation's effect first; which of them the operation makes is
    known once it was run clean (:mod:`harness.plan.refined`).
    """
    cases: list[Case] = []
    omissions: list[Omission] = []
    for entry in scenario.entries:
        for operation in selected(scenario, configuration.operations):
            planned = _of_author(entry, scenario, operation) or _of_catalogue(entry, scenario, operation, configuration)
            cases.extend(planned)
            if not planned:
                omissions.append(omitted(entry, scenario, operation, "no call to a dependency is declared"))
    return tuple(cases), tuple(omissions)


def _of_author(entry: Entry, scenario: Scenario, operation: Operation) -> tuple[Case, ...]:
    """Return the case of an author's own fault, armed as written; none for an entry of the catalogue."""
    own = entry.fault
    if own is None:
        return ()
    strike = Strike(label="own", kind=own.kind, times=own.times, landed=own.landed, settings=own.settings)
    return (_case(entry, scenario, operation, strike, own),)


def _of_catalogue(
    entry: Entry, scenario: Scenario, operation: Operation, configuration: Configuration
) -> tuple[Case, ...]:
    """Return a case for each fault of the entry at each place that it can strike."""
    deadline = configuration.service.deadline
    return tuple(
        replace(
            _case(entry, scenario, operation, strike, _fault(strike, place, deadline), place.suffix),
            only_if_called=not place.sure,
        )
        for strike in _ENTRIES[entry.id].strikes
        for place in _places(operation, configuration, whole=strike.kind == "refused")
    )


@record
class Place:
    """Where a fault strikes: a declared call, or a whole dependency. ``sure``: it is the operation's own effect."""

    dependency: str
    call: str
    suffix: str
    sure: bool


def _places(operation: Operation, configuration: Configuration, *, whole: bool) -> tuple[Place, ...]:
    """Return the places of a fault, the operation's effect first; of a ``whole`` dependency each once."""
    effect = operation.effect
    found: dict[tuple[str, str], Place] = {}
    for dependency in configuration.dependencies:
        for call in dependency.calls:
            sure = effect is not None and (effect.dependency, effect.route) == (dependency.name, call.route)
            route = "" if whole else str(call.route)
            suffix = "" if sure else f"-at-{dependency.name}" + ("" if whole else f"-{_slug(str(call.route))}")
            place = Place(dependency=dependency.name, call=route, suffix=suffix, sure=sure)
            if sure or (dependency.name, route) not in found:
                found[dependency.name, route] = place
    return tuple(sorted(found.values(), key=lambda place: not place.sure))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _fault(strike: Strike, place: Place, deadline: float) -> Fault:
    """Return the fault of a strike at a place."""
    delay = {"delay": deadline * strike.deadlines} if strike.deadlines else {}
    return Fault(
        id=strike.label,
        dependency=place.dependency,
        kind=strike.kind,
        call=place.call,
        times=strike.times,
        landed=strike.landed,
        settings={**strike.settings, **delay},
    )


def _case(
    entry: Entry, scenario: Scenario, operation: Operation, strike: Strike, fault: Fault, suffix: str = ""
) -> Case:
    reads = (ReadBack(label="read-retry", of="retry", phase=Phase.RECOVERY),) if operation.read else ()
    return Case(
        id=f"{entry.id}/{operation.name}/{strike.label}{suffix}",
        entry=entry.id,
        family=Family.TIMEOUT,
        scenario=scenario.name,
        operation=operation.name,
        title=f"{titled(entry, titles())} ({strike.label}{suffix})",
        trouble=fault.kind,
        steps=(*_disturbed(operation, strike, fault), *_recovery(operation), *reads),
        checks=_checks(operation),
        watch=True,
    )


def _checks(operation: Operation) -> tuple[str, ...]:
    """Return the checks that every case of the family must give a chance to fail."""
    always = ("baseline-holds", "answer-in-time", "failure-is-declared", "recovers", "calls-bounded")
    again = ("retry-completes",) if operation.event else ()
    effect = ("one-effect-per-event",) if operation.effect else ()
    return (*always, *again, *effect)


def _disturbed(operation: Operation, strike: Strike, fault: Fault) -> tuple[Step, ...]:
    """Return the baseline and the requests that meet the fault: events 1, and 2 onwards."""
    sends = tuple(valid(operation, f"fault-{n}", n + 1) for n in range(1, strike.sends + 1))
    baseline = valid(operation, "baseline-1", 1, phase=Phase.BASELINE, expect=ACCEPTED)
    return (baseline, Settle(), Arm(fault=fault), *sends, Clear(fault=fault.id), Settle())


def _recovery(operation: Operation) -> tuple[Step, ...]:
    """Return the way back: fresh events until the service is well, then the first failed event again.

    Without a declared identity no request is the same event again, so none is repeated.
    """
    well = Recover(
        label="recover",
        operation=operation.name,
        message=valid_request(operation, RECOVERY_EVENT),
        event=RECOVERY_EVENT,
    )
    retry = valid(operation, "retry", 2, phase=Phase.RECOVERY, expect=ACCEPTED)
    return (well, Settle(), retry, Settle()) if operation.event else (well, Settle())
