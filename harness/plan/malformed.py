"""Malformation catalogue to cases: each variant between nothing and a valid request that must still be right.

Names no entry: what an entry sends and what it means stands in its own file of ``harness/mutations``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from harness.model.cases import Case, Family, Instance, Isolation, Omission
from harness.model.errors import HarnessBug
from harness.model.identities import renumbered
from harness.model.messages import Request, Wire
from harness.model.records import record
from harness.model.scenarios import Scenario
from harness.model.services import Configuration, Operation, OperationContract
from harness.model.steps import Compared, Expectation, Expected, Phase, Send, Settle, Step
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

_MENDED = Expectation(
    expected=Expected.ACCEPTED,
    force=Force.POLICY,
    compared=Compared.RESULT,
    rule="A refused message has claimed nothing: whether its key may carry the corrected one is the service's rule.",
)
_WHOLE = Expectation(
    expected=Expected.ACCEPTED,
    compared=Compared.RESULT,
    rule="A message that never came whole was never received (RFC 9112, section 8): sent again whole, it is the first.",
)


@record
class _Subject:
    """One entry for one operation, as a scenario asks for it; ``neighbours`` are all its operations, this one first."""

    scenario: str
    title: str
    malformation: Malformation
    specimen: Specimen
    neighbours: tuple[Operation, ...]

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
        elif subject.malformation.corrected and sendable:
            cases.append(_corrected(subject, sendable))
        else:
            cases.extend(_case(subject, variant) for variant in sendable)
    return tuple(cases), tuple(omissions)


def _subjects(
    scenario: Scenario, configuration: Configuration, contracts: Mapping[str, OperationContract]
) -> Iterator[_Subject]:
    """Yield every asked-for entry with every operation it is asked for."""
    known = catalogue()
    asked = _operations(scenario, configuration)
    for operation in asked:
        made = _specimen(operation, configuration, contracts)
        others = tuple(other for other in asked if other.name != operation.name)
        for entry in scenario.entries:
            if entry.id not in known:
                raise HarnessBug(f"{scenario.file}: no malformation is called {entry.id}")
            yield _Subject(
                scenario=scenario.name,
                title=titled(entry, titles()),
                malformation=known[entry.id],
                specimen=made,
                neighbours=(operation, *others),
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


_CHECKS = (
    "answer-in-time",
    "no-server-error",
    "rejects-malformed",
    "accepts-legal",
    "same-result",
    "rejected-means-no-effect",
    "unharmed-after",
)
"""The checks that a case of this family may require, in this order."""


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
        "same-result": expected is Expected.ACCEPTED and variant.expect.compared is Compared.RESULT,
        "rejected-means-no-effect": refused and not several,
        "unharmed-after": True,
    }
    return tuple(name for name in _CHECKS if chances[name])


def _surely_answered(variant: Variant) -> bool:
    """Whether an answer is sure to be seen; a server may close on bytes that it cannot read, or before it has all."""
    if variant.expect.expected is Expected.ACCEPTED:
        return True
    return isinstance(variant.message, Request) and len(variant.message.body) <= SURELY_READ


def _interleaved(subject: _Subject, variants: tuple[Variant, ...], seed: int) -> Case:
    """Return the case in which variants, in an order drawn by ``seed``, and valid messages go by turns to one worker.

    Every variant comes at least once where there are messages enough. The valid ones go round the operations.
    """
    number = subject.malformation.interleaved
    drawn = random.Random(f"{seed}/{subject.malformation.id}/{subject.operation.name}")
    order = [*drawn.sample(variants, len(variants)), *drawn.choices(variants, k=number)]
    sends: list[Step] = []
    for event in range(1, number + 1):
        if event % 2 == 0:
            neighbour = subject.neighbours[(event // 2 - 1) % len(subject.neighbours)]
            sends.append(_valid(neighbour, f"valid-{event:03d}", event))
        else:
            sends.append(_invalid(subject.operation, order[event // 2], event))
    case = _told(subject, "by-turns", (*sends, Settle(quiet=QUIET)), _checks_of(variants))
    return replace(case, instance=Instance(isolation=Isolation.FRESH, workers=1))


def _corrected(subject: _Subject, variants: tuple[Variant, ...]) -> Case:
    """Return the case in which each variant is followed by the valid request of the same event, on one worker."""
    steps: list[Step] = []
    for event, variant in enumerate(variants, start=1):
        whole = variant.expect.expected is Expected.UNANSWERED_OR_REJECTED
        again = _valid(subject.operation, f"corrected-{event:03d}", event)
        steps += [_invalid(subject.operation, variant, event), Settle(quiet=QUIET)]
        steps += [replace(again, expect=_WHOLE if whole else _MENDED), Settle(quiet=QUIET)]
    checks = tuple(name for name in _checks_of(variants) if name not in ("unharmed-after", "rejected-means-no-effect"))
    case = _told(subject, "same-key", tuple(steps), (*checks, "accepts-legal", "correction-not-in-flight"))
    return replace(case, instance=Instance(isolation=Isolation.FRESH, workers=1))


def _checks_of(variants: tuple[Variant, ...]) -> tuple[str, ...]:
    """Return the checks that have a chance to fail on at least one of ``variants``, in the order of one's own."""
    wanted = {name for variant in variants for name in _checks(variant)}
    return tuple(name for name in _CHECKS if name in wanted)


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
