"""Incidents carried out on the build of today: mended, still failing, failing otherwise, or not shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from harness.doubles import fault_kinds
from harness.incident.replaced import in_words
from harness.model.cases import Case, Isolation, Omission, Plan
from harness.model.exits import Exit
from harness.model.incidents import Incident
from harness.model.records import record
from harness.model.services import Configuration, Server
from harness.model.steps import Begin, Insist, Load, Prepare, Recover, Send, Step, Together
from harness.model.verdicts import Verdict
from harness.plan.reference import plan_references
from harness.redaction.own import with_own
from harness.report.format import Report
from harness.stage.options import Outcome

Carrier = TypeVar("Carrier", Send, Insist, Recover, Load)
"""A step that carries a message."""


class Came(StrEnum):
    """What became of an incident on this build."""

    FAILING = "still failing"
    OTHERWISE = "failing otherwise"
    UNSHOWN = "could not be shown"
    MENDED = "mended"


EXITS: Mapping[Came, Exit] = {
    Came.FAILING: Exit.FAIL,
    Came.OTHERWISE: Exit.FAIL,
    Came.UNSHOWN: Exit.UNKNOWN,
    Came.MENDED: Exit.PASS,
}
"""The exit code of each; the first of this table that any incident came to is that of the command."""


@record
class Replayed:
    """One incident and what became of it. ``told`` says it in a sentence."""

    incident: Incident
    came: Came
    told: str


@record
class Replay:
    """What a replay came to; ``exit`` is that of the run where the run itself did not end.

    ``doubts`` say which incidents came to something else in another order or at another pace, where that was asked for.
    """

    outcome: Outcome
    replayed: tuple[Replayed, ...]
    exit: Exit
    doubts: tuple[str, ...] = ()


def replay_plan(incidents: Sequence[Incident], configuration: Configuration, seed: int) -> Plan:
    """Return the plan of a replay: the clean runs of every operation, then each incident as often as it asks for.

    What the configuration cannot carry is left out as required, so it is never taken for mended.
    """
    reasons = {incident.name: impossible(incident.case, configuration) for incident in incidents}
    cases = tuple(case for i in incidents if not reasons[i.name] for case in _tries(i, configuration))
    omissions = tuple(
        Omission(
            entry=incident.case.entry,
            scenario=incident.name,
            operation=incident.case.operation,
            reason=reasons[incident.name],
            required=True,
        )
        for incident in incidents
        if reasons[incident.name]
    )
    operations = tuple(dict.fromkeys(name for case in cases for name in operations_of(case)))
    references = plan_references(configuration, operations, seed=seed)
    return Plan(seed=seed, cases=references.cases + cases, omissions=omissions)


def came_to(incidents: Iterable[Incident], report: Report) -> tuple[Replayed, ...]:
    """Return what the report of a replay says of each incident."""
    return tuple(_came_to(incident, report) for incident in incidents)


def replayed(outcome: Outcome, seen: tuple[Replayed, ...], *, ended: bool) -> Replay:
    """Return what a replay came to: failing over not shown over mended; nothing replayed shows nothing.

    One that was cut short (``ended`` False) has the exit code of its run.
    """
    came = {each.came for each in seen}
    worst = next((code for kind, code in EXITS.items() if kind in came), Exit.UNKNOWN)
    return Replay(outcome=outcome, replayed=seen, exit=worst if ended else outcome.exit)


def with_doubts(done: Replay) -> Replay:
    """Return a replay that says where secrets were replaced in what does not fail: they may be what made it fail."""
    return replace(done, replayed=tuple(_doubted(each) for each in done.replayed))


def _doubted(each: Replayed) -> Replayed:
    redaction = each.incident.redaction
    if each.came is Came.FAILING or redaction is None:
        return each
    return replace(each, told=f"{each.told}; {in_words(redaction)}; that may be what made it fail")


def _tries(incident: Incident, configuration: Configuration) -> Iterable[Case]:
    """Yield the case under the incident's name, once for each try; the check that found it must have its chance.

    One that leaves trouble behind has an instance of its own each time: it must not decide what the next one comes to.
    """
    checks = tuple(dict.fromkeys((*incident.case.checks, incident.shows.check)))
    instance = incident.case.instance
    if incident.case.leaves_trouble:
        instance = replace(instance, isolation=Isolation.FRESH)
    for number in range(1, incident.tries + 1):
        yield replace(
            with_secrets(incident.case, configuration),
            id=f"{incident.name}/{number}",
            scenario=incident.name,
            checks=checks,
            instance=instance,
        )


def operations_of(case: Case) -> tuple[str, ...]:
    """Return every operation that a case speaks of."""
    loads = (part.operation for step in case.steps if isinstance(step, Load) for part in step.parts)
    return tuple(o for o in (case.operation, case.bystander, *(send.operation for send in case.sends()), *loads) if o)


def impossible(case: Case, configuration: Configuration) -> str:
    """Say why a case cannot be carried out with a configuration; empty: it can."""
    operations = {operation.name for operation in configuration.operations}
    dependencies = {dependency.name for dependency in configuration.dependencies}
    for name in operations_of(case):
        if name not in operations:
            return f"the configuration has no operation '{name}'; it has {_listed(operations)}"
    if why := _not_as_before(case, configuration):
        return why
    for fault in case.faults():
        if fault.dependency not in dependencies:
            return f"the configuration has no dependency '{fault.dependency}'; it has {_listed(dependencies)}"
        if fault.kind not in fault_kinds():
            return f"this version of the harness has no fault '{fault.kind}'"
    return ""


def _not_as_before(case: Case, configuration: Configuration) -> str:
    """Say why the service cannot be what it was before the case; empty: it can, or the case asks for nothing."""
    service, before = configuration.service, case.instance
    prepared = any(isinstance(step, Prepare) for step in case.steps)
    if service.server is Server.URL and (prepared or before.env or before.clock):
        return "it needs a service that is set up before it starts, and this one runs already"
    if prepared and not service.database:
        return "it needs rows in the service's database: name the variable of its URL as 'service.database'"
    if before.clock and service.clock is None:
        return f"the service's clock has to begin at {before.clock}: say how as 'service.clock'"
    clocks = {service.clock.env} if service.clock and before.clock else set()
    ours = before.env.keys() & ({dependency.env for dependency in configuration.dependencies} | clocks)
    return f"the harness sets {_listed(ours)} itself: take it out of the case's instance" if ours else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def with_secrets(case: Case, configuration: Configuration) -> Case:
    """Return a case whose redacted header values are those that the configuration gives its operation."""
    return replace(case, steps=tuple(_filled(step, configuration) for step in case.steps))


def _filled(step: Step, configuration: Configuration) -> Step:
    match step:
        case Together():
            return replace(step, sends=tuple(_own(send, configuration) for send in step.sends))
        case Begin():
            return replace(step, send=_own(step.send, configuration))
        case Send():
            return _own(step, configuration)
        case Insist():
            return _own(step, configuration)
        case Recover():
            return _own(step, configuration)
        case Load():
            return _own(step, configuration)
        case _:
            return step


def _own(step: Carrier, configuration: Configuration) -> Carrier:
    """Return a step whose message has the operation's own values where secrets were taken out."""
    return replace(step, message=with_own(step.message, configuration.operation(step.operation).headers))


def _came_to(incident: Incident, report: Report) -> Replayed:
    lines = [c for entry in report.coverage.entries if entry.scenario == incident.name for c in entry.cases]
    own = {line.id for line in lines}
    seen = {finding.fingerprint: finding for finding in report.findings if own & set(finding.witnesses)}
    if found := seen.get(incident.shows.fingerprint):
        number = next(number for number, line in enumerate(lines, start=1) if line.id in found.witnesses)
        which = f" in try {number} of {incident.tries}" if incident.tries > 1 else ""
        return Replayed(incident=incident, came=Came.FAILING, told=f"{found.happened}{which}")
    if others := [finding for finding in seen.values() if finding.fails_gate]:
        told = f"not what it was taken for, but {others[0].symptom} ({others[0].check}): {others[0].happened}"
        return Replayed(incident=incident, came=Came.OTHERWISE, told=told)
    if len(lines) == incident.tries and all(line.verdict is Verdict.PASS for line in lines):
        times = f" in {len(lines)} tries" if len(lines) > 1 else ""
        return Replayed(incident=incident, came=Came.MENDED, told=f"{incident.shows.check} holds{times}")
    return Replayed(incident=incident, came=Came.UNSHOWN, told=_unshown(incident, report))


def _unshown(incident: Incident, report: Report) -> str:
    """Say why neither the defect nor its absence was shown."""
    left_out = [reason.text for e in report.coverage.entries if e.scenario == incident.name for reason in e.left_out]
    unknown = [reason for reason in report.reasons if f" {incident.name}/" in reason]
    own = [
        reason for e in report.coverage.entries if e.scenario == incident.name for c in e.cases for reason in c.unknown
    ]
    return next(iter([*left_out, *unknown, *own, *report.reasons]), "the run did not come to each of its tries")
