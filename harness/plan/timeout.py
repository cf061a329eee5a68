"""The timeout family: a dependency that is late, partial, wrong or gone, and the way back.

Every case is told in three phases. Baseline: a clean request. Fault: requests while the fault is armed.
Recovery: the fault is cleared, the failed request is sent again as the same event, and fresh ones
until the service is well. The table says which faults an entry stands for.
"""

from __future__ import annotations

from collections.abc import Mapping

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
from harness.model.services import Configuration, EffectRef, Operation
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
    """Return the cases of ``scenario``, and the entries left out for an operation and why."""
    cases: list[Case] = []
    omissions: list[Omission] = []
    for entry in scenario.entries:
        for operation in selected(scenario, configuration.operations):
            effect = operation.effect
            if effect is None and entry.fault is None:
                omissions.append(omitted(entry, scenario, operation, "the operation calls no dependency"))
                continue
            cases.extend(
                _case(entry, scenario, operation, strike, _fault(entry, strike, effect, configuration.service.deadline))
                for strike in _strikes(entry)
            )
    return tuple(cases), tuple(omissions)


def _strikes(entry: Entry) -> tuple[Strike, ...]:
    """Return what an entry stands for: the author's own fault, or the catalogue's."""
    if entry.fault is None:
        return _ENTRIES[entry.id].strikes
    own = entry.fault
    return (Strike(label="own", kind=own.kind, times=own.times, landed=own.landed, settings=own.settings),)


def _fault(entry: Entry, strike: Strike, effect: EffectRef | None, deadline: float) -> Fault:
    """Return the fault of a strike, at the dependency that the author or the operation names."""
    if entry.fault is not None:
        return entry.fault
    if effect is None:
        raise ValueError("a catalogue fault needs the operation's effect to know where to strike")
    delay = {"delay": deadline * strike.deadlines} if strike.deadlines else {}
    return Fault(
        id=strike.label,
        dependency=effect.dependency,
        kind=strike.kind,
        call="" if strike.kind == "refused" else str(effect.route),
        times=strike.times,
        landed=strike.landed,
        settings={**strike.settings, **delay},
    )


def _case(entry: Entry, scenario: Scenario, operation: Operation, strike: Strike, fault: Fault) -> Case:
    reads = (ReadBack(label="read-retry", of="retry", phase=Phase.RECOVERY),) if operation.read else ()
    return Case(
        id=f"{entry.id}/{operation.name}/{strike.label}",
        entry=entry.id,
        family=Family.TIMEOUT,
        scenario=scenario.name,
        operation=operation.name,
        title=f"{titled(entry, titles())} ({strike.label})",
        trouble=fault.kind,
        steps=(*_disturbed(operation, strike, fault), *_recovery(operation), *reads),
        checks=_checks(operation),
        watch=True,
    )


def _checks(operation: Operation) -> tuple[str, ...]:
    """Return the checks that every case of the family must give a chance to fail."""
    always = ("baseline-holds", "answer-in-time", "failure-is-declared", "retry-completes", "recovers", "calls-bounded")
    effect = ("one-effect-per-event",) if operation.effect else ()
    return (*always, *effect)


def _disturbed(operation: Operation, strike: Strike, fault: Fault) -> tuple[Step, ...]:
    """Return the baseline and the requests that meet the fault: events 1, and 2 onwards."""
    sends = tuple(valid(operation, f"fault-{n}", n + 1) for n in range(1, strike.sends + 1))
    baseline = valid(operation, "baseline-1", 1, phase=Phase.BASELINE, expect=ACCEPTED)
    return (baseline, Settle(), Arm(fault=fault), *sends, Clear(fault=fault.id), Settle())


def _recovery(operation: Operation) -> tuple[Step, ...]:
    """Return the way back: the first failed event again, then fresh ones until the service is well."""
    well = Recover(
        label="recover",
        operation=operation.name,
        message=valid_request(operation, RECOVERY_EVENT),
        event=RECOVERY_EVENT,
    )
    retry = valid(operation, "retry", 2, phase=Phase.RECOVERY, expect=ACCEPTED)
    return (well, Settle(), retry, Settle())
