"""The timeout family: a dependency that is late, partial, wrong or gone, and the way back.

Every case is told in three phases. Baseline: a clean request. Fault: requests while the fault is armed.
Recovery: the fault is cleared, fresh requests are sent until the service is well on every worker, then the failed one
again as the same event. The table (:mod:`harness.plan.timeout_entries`) says which faults an entry stands for, the
courses (:mod:`harness.plan.timeout_courses`) what is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.model.cases import Case, Family, Omission
from harness.model.faults import Fault
from harness.model.records import record
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Configuration, Operation
from harness.plan.choreography import omitted, selected, titled
from harness.plan.timeout_courses import Course, Scene, in_order
from harness.plan.timeout_entries import ENTRIES, Strike, Trouble


@record
class Ground:
    """What the cases of one entry stand on: the documents, and what the target can do."""

    entry: Entry
    scenario: Scenario
    configuration: Configuration
    several_workers: bool
    mortal: bool
    concurrent: bool


@record
class Place:
    """Where a fault strikes: a declared call, or a whole dependency. ``sure``: it is the operation's own effect."""

    dependency: str
    call: str
    suffix: str
    sure: bool


Planned = Case | Omission


def titles() -> Mapping[str, str]:
    """Return what each catalogue entry of this family is called, by its id."""
    return {entry: trouble.title for entry, trouble in ENTRIES.items()}


def plan_timeouts(
    scenario: Scenario,
    configuration: Configuration,
    *,
    several_workers: bool = False,
    mortal: bool = False,
    concurrent: bool = False,
) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    """Return the cases of ``scenario``, and the entries left out for an operation and why.

    A catalogue entry strikes every declared call, the operation's effect first; which of them the operation makes is
    known once it was run clean (:mod:`harness.plan.refined`). ``several_workers``: a request can be kept from a worker;
    ``mortal``: processes can be killed; ``concurrent``: several requests are served at once.
    """
    planned: list[Planned] = []
    for entry in scenario.entries:
        ground = Ground(
            entry=entry,
            scenario=scenario,
            configuration=configuration,
            several_workers=several_workers,
            mortal=mortal,
            concurrent=concurrent,
        )
        for operation in selected(scenario, configuration.operations):
            found = list(_planned(ground, operation))
            reason = "no call to a dependency is declared"
            planned.extend(found or [omitted(entry, scenario, operation, reason)])
    cases = tuple(case for case in planned if isinstance(case, Case))
    return cases, tuple(dict.fromkeys(omission for omission in planned if isinstance(omission, Omission)))


def _planned(ground: Ground, operation: Operation) -> Iterator[Planned]:
    """Yield what an entry comes to for an operation: the author's own fault, armed as written, or the catalogue's."""
    own = ground.entry.fault
    if own is not None:
        scene = _scene(ground, operation, own, sends=1, sure=False)
        yield _case(ground, scene, in_order(scene), "own", own.kind)
        return
    trouble = ENTRIES[ground.entry.id]
    for strike in trouble.strikes:
        for place in _places(operation, ground.configuration, trouble, strike):
            yield from _struck(ground, operation, trouble, strike, place)


def _struck(ground: Ground, operation: Operation, trouble: Trouble, strike: Strike, place: Place) -> Iterator[Planned]:
    """Yield the cases of one strike at one place."""
    fault = _fault(strike, place, ground.configuration.service.deadline) if strike.kind else None
    scene = _scene(ground, operation, fault, sends=strike.sends, sure=place.sure)
    first = trouble.course(scene)
    if first.omitted:
        yield omitted(ground.entry, ground.scenario, operation, first.omitted)
        return
    for course in (first, *first.more):
        label = "-".join(filter(None, (strike.label, course.label))) + place.suffix
        case = _case(ground, scene, course, label, strike.kind or strike.label)
        yield replace(case, only_if_called=fault is not None and not place.sure, bystander=course.bystander)


def _scene(ground: Ground, operation: Operation, fault: Fault | None, *, sends: int, sure: bool) -> Scene:
    others = tuple(o for o in selected(ground.scenario, ground.configuration.operations) if o.name != operation.name)
    return Scene(
        operation=operation,
        configuration=ground.configuration,
        fault=fault,
        sends=sends,
        sure=sure,
        several_workers=ground.several_workers,
        mortal=ground.mortal,
        concurrent=ground.concurrent,
        others=others,
    )


def _places(operation: Operation, configuration: Configuration, trouble: Trouble, strike: Strike) -> tuple[Place, ...]:
    """Return the places of a strike, the operation's effect first; of a ``whole`` dependency each once."""
    effect = operation.effect
    found: dict[tuple[str, str], Place] = {}
    for dependency in configuration.dependencies:
        for call in dependency.calls:
            sure = effect is not None and (effect.dependency, effect.route) == (dependency.name, call.route)
            route = "" if strike.whole else str(call.route)
            suffix = "" if sure else f"-at-{dependency.name}" + ("" if strike.whole else f"-{_slug(str(call.route))}")
            place = Place(dependency=dependency.name, call=route, suffix=suffix, sure=sure)
            if sure or (dependency.name, route) not in found:
                found[dependency.name, route] = place
    own_only = effect is not None and trouble.own_effect
    ordered = sorted(found.values(), key=lambda place: not place.sure)
    return tuple(place for place in ordered if place.sure or not own_only)


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


def _case(ground: Ground, scene: Scene, course: Course, label: str, trouble: str) -> Case:
    entry = ground.entry
    return Case(
        id=f"{entry.id}/{scene.operation.name}/{label}",
        entry=entry.id,
        family=Family.TIMEOUT,
        scenario=ground.scenario.name,
        operation=scene.operation.name,
        title=f"{titled(entry, titles())} ({label})",
        trouble=trouble,
        steps=course.steps,
        checks=_checks(scene.operation, course),
        watch=course.watch,
    )


def _checks(operation: Operation, course: Course) -> tuple[str, ...]:
    """Return the checks that a case must give a chance to fail."""
    always = ("baseline-holds", "answer-in-time", "failure-is-declared", "recovers", "calls-bounded")
    again = ("retry-completes",) if operation.event else ()
    effect = ("one-effect-per-event",) if operation.effect else ()
    wanted = (*always, *again, *effect, *course.checks)
    return tuple(check for check in wanted if check not in course.unchecked)
