"""Malformation catalogue to cases: each variant between nothing and a valid request that must still be right.

Names no entry: what an entry sends and what it means stands in its own file of ``harness/mutations``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.model.cases import (
    Case,
    Expectation,
    Expected,
    Family,
    Instance,
    Isolation,
    Omission,
    Phase,
    Send,
    Settle,
    Step,
)
from harness.model.errors import HarnessBug
from harness.model.identities import renumbered
from harness.model.messages import Request, Wire
from harness.model.records import record
from harness.model.scenarios import Scenario
from harness.model.services import Configuration, Operation, OperationContract
from harness.model.verdicts import Force
from harness.mutations.malformation import Malformation, Variant, variants_of
from harness.mutations.registry import catalogue
from harness.mutations.specimen import Specimen, specimen
from harness.plan.choreography import titled
from harness.plan.contracts import valid_request

QUIET = 0.03
"""Seconds without an event after each message. Short: the case has one or two messages, and there are hundreds."""

AFTER = 2
"""The event that the valid request behind the trouble carries."""

SURELY_READ = 32_768
"""Bytes up to which a server reads the whole message before it answers; beyond, a reset may eat an early answer."""

NO_WIRE = "the target cannot be sent exact bytes: it has no socket of its own"

_VALID = Expectation(expected=Expected.ACCEPTED, rule="A valid request is accepted, whatever came before it.")


@record
class _Subject:
    """One entry for one operation, as a scenario asks for it."""

    scenario: str
    title: str
    malformation: Malformation
    specimen: Specimen

    @property
    def operation(self) -> Operation:
        return self.specimen.operation


def titles() -> Mapping[str, str]:
    """Return what each catalogue entry of this family is called, by its id."""
    return {entry: malformation.title for entry, malformation in catalogue().items()}


def plan_malformed(
    scenario: Scenario,
    configuration: Configuration,
    contracts: Mapping[str, OperationContract],
    *,
    wire: bool,
    seed: int,
) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    """Return the cases of a scenario of the malformed family, and what of it does not apply and why.

    ``contracts`` are by operation name. ``wire`` tells whether the target takes exact bytes. ``seed`` decides only the
    order of interleaved messages.
    """
    cases: list[Case] = []
    omissions: list[Omission] = []
    for subject in _subjects(scenario, configuration, contracts):
        variants = variants_of(subject.malformation, subject.specimen)
        sendable = tuple(v for v in variants if wire or not _needs_wire(subject, v))
        omissions.extend(_omissions(subject, variants, sendable))
        if subject.malformation.interleaved and sendable:
            cases.append(_interleaved(subject, sendable, seed))
        else:
            cases.extend(_case(subject, variant) for variant in sendable)
    return tuple(cases), tuple(omissions)


def _subjects(
    scenario: Scenario, configuration: Configuration, contracts: Mapping[str, OperationContract]
) -> Iterator[_Subject]:
    """Yield every asked-for entry with every operation it is asked for."""
    known = catalogue()
    for operation in _operations(scenario, configuration):
        made = _specimen(operation, configuration, contracts)
        for entry in scenario.entries:
            if entry.id not in known:
                raise HarnessBug(f"{scenario.file}: no malformation is called {entry.id}")
            yield _Subject(
                scenario=scenario.name,
                title=titled(entry, titles()),
                malformation=known[entry.id],
                specimen=made,
            )


def _operations(scenario: Scenario, configuration: Configuration) -> tuple[Operation, ...]:
    """Return the operations that the scenario names, or all that have a body."""
    if scenario.operations:
        return tuple(configuration.operation(name) for name in scenario.operations)
    return tuple(o for o in configuration.operations if o.json is not None or o.body is not None)


def _specimen(
    operation: Operation, configuration: Configuration, contracts: Mapping[str, OperationContract]
) -> Specimen:
    """Return the specimen of an operation; the route that shows readiness is what follows it without effect."""
    contract = contracts.get(operation.name, OperationContract(operation=operation.name))
    configured = {o.route.method for o in configuration.operations if o.route.path == operation.route.path}
    ready = configuration.service.ready
    return specimen(
        operation,
        contract,
        valid_request(operation),
        bystander=Request(method=ready.method, target=ready.path),
        methods=tuple(sorted(configured.union(contract.methods))) if contract.methods else (),
    )


def _needs_wire(subject: _Subject, variant: Variant) -> bool:
    return subject.malformation.layer == "wire" or isinstance(variant.message, Wire)


def _omissions(subject: _Subject, possible: tuple[Variant, ...], sendable: tuple[Variant, ...]) -> Iterator[Omission]:
    """Yield why the entry, or some of its variants, are not planned."""
    missing = [variant.label for variant in possible if variant not in sendable]
    if not possible:
        yield _omission(subject, f"{subject.malformation.id} needs {subject.malformation.needs or 'another operation'}")
    elif not sendable:
        yield _omission(subject, NO_WIRE)
    elif missing:
        yield _omission(subject, f"{', '.join(missing)}: {NO_WIRE}")


def _omission(subject: _Subject, reason: str) -> Omission:
    return Omission(
        entry=subject.malformation.id, scenario=subject.scenario, operation=subject.operation.name, reason=reason
    )


def _case(subject: _Subject, variant: Variant) -> Case:
    """Return the case of one variant: the trouble, then a valid request that must be right."""
    trouble = Send(
        label="trouble",
        phase=Phase.FAULT,
        operation=subject.operation.name,
        message=variant.message,
        event=variant.event,
        expect=variant.expect,
        give_up_after=variant.give_up_after,
    )
    steps = (trouble, Settle(quiet=QUIET), _valid(subject.operation, "after", AFTER), Settle(quiet=QUIET))
    return _told(subject, variant.label, steps, _checks(variant), control=_servers_matter(subject, variant))


def _servers_matter(subject: _Subject, variant: Variant) -> bool:
    """Whether the server may answer by itself: a fault in the body alone is beyond what it looks at."""
    valid = subject.specimen.request
    return isinstance(variant.message, Wire) or replace(variant.message, body=valid.body) != valid


def _told(
    subject: _Subject, label: str, steps: tuple[Step, ...], checks: tuple[str, ...], *, control: bool = False
) -> Case:
    """Return a case of the subject's entry."""
    malformation = subject.malformation
    return Case(
        id=f"{malformation.id}/{subject.operation.name}/{label}",
        entry=malformation.id,
        family=Family.MALFORMED,
        scenario=subject.scenario,
        operation=subject.operation.name,
        title=f"{subject.title}: {label}",
        trouble=malformation.trouble,
        steps=steps,
        checks=checks,
        control=control,
    )


def _valid(operation: Operation, label: str, event: int) -> Send:
    """Return a valid request that shows whether the service is unharmed."""
    return Send(
        label=label,
        phase=Phase.RECOVERY,
        operation=operation.name,
        message=valid_request(operation, event),
        event=event,
        expect=_VALID,
    )


def _checks(variant: Variant) -> tuple[str, ...]:
    """Return the checks that surely have a chance to fail on a case of this variant."""
    expected, binding = variant.expect.expected, variant.expect.force is Force.MUST
    refused = binding and expected in (Expected.REJECTED, Expected.UNANSWERED_OR_REJECTED)
    several = isinstance(variant.message, Wire) and variant.message.answers > 1
    chances = {
        "answer-in-time": True,
        "no-server-error": _surely_answered(variant),
        "rejects-malformed": refused,
        "accepts-legal": expected is Expected.ACCEPTED,
        "rejected-means-no-effect": refused and not several,
        "unharmed-after": True,
    }
    return tuple(name for name, chance in chances.items() if chance)


def _surely_answered(variant: Variant) -> bool:
    """Whether an answer is sure to be seen; a server may close on bytes that it cannot read, or before it has all."""
    if variant.expect.expected is Expected.ACCEPTED:
        return True
    return isinstance(variant.message, Request) and len(variant.message.body) <= SURELY_READ


def _interleaved(subject: _Subject, variants: tuple[Variant, ...], seed: int) -> Case:
    """Return the case in which invalid messages, chosen by ``seed``, and valid ones go by turns to one worker."""
    drawn = random.Random(f"{seed}/{subject.malformation.id}/{subject.operation.name}")
    sends: list[Step] = []
    for event in range(1, subject.malformation.interleaved + 1):
        if event % 2 == 0:
            sends.append(_valid(subject.operation, f"valid-{event:03d}", event))
        else:
            sends.append(_invalid(subject.operation, drawn.choice(variants), event))
    checks = ("answer-in-time", "no-server-error", "rejects-malformed", "rejected-means-no-effect", "unharmed-after")
    case = _told(subject, "by-turns", (*sends, Settle(quiet=QUIET)), checks)
    return replace(case, instance=Instance(isolation=Isolation.FRESH, workers=1))


def _invalid(operation: Operation, variant: Variant, event: int) -> Send:
    """Return a variant as event number ``event`` of a sequence."""
    return Send(
        label=f"{variant.label}-{event:03d}",
        phase=Phase.FAULT,
        operation=operation.name,
        message=renumbered(variant.message, 1, event),
        event=event if variant.event else 0,
        expect=variant.expect,
        give_up_after=variant.give_up_after,
    )
