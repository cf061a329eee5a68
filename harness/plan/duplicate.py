"""The duplicate-event family: the same event twice, in every order that happens in life.

One small function per catalogue entry says the steps; the table at the end names them. Oracles live in the checks:
one effect per event, one answer per event, another body refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from harness.model.cases import (
    Arm,
    Case,
    Clear,
    Expectation,
    Expected,
    Family,
    Omission,
    Phase,
    ReadBack,
    Send,
    Settle,
    Step,
    Together,
)
from harness.model.faults import Fault
from harness.model.messages import Request, placeholder
from harness.model.records import record
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Configuration, Operation, OperationContract
from harness.model.verdicts import Force
from harness.plan.choreography import ACCEPTED, omitted, other_body, selected, titled, valid
from harness.plan.contracts import valid_request

LATE = 0.2
"""Seconds by which a dependency's answer is late in D12: long for a client, short for the service."""

ONE_EFFECT = ("one-effect-per-event",)
"""Required where the operation declares an effect: without one there is nothing to count."""

SAME_ANSWER = (*ONE_EFFECT, "same-answer-for-a-duplicate")


@record
class Stage:
    """What an entry's function is told: for whom, with what, on which kind of target."""

    operation: Operation
    contract: OperationContract | None
    settings: Mapping[str, float]
    several_workers: bool


@record
class Play:
    """One case of an entry before it has its names: its steps, or the reason why there is none.

    ``apart`` tells the case from its entry's others where that matters to a reader.
    """

    label: str = "1"
    apart: str = ""
    steps: tuple[Step, ...] = ()
    checks: tuple[str, ...] = ()
    omitted: str = ""


@record
class Twice:
    """One entry of the catalogue: its title, the slug that its fingerprints carry, and the cases it stands for."""

    title: str
    trouble: str
    plays: Callable[[Stage], Iterator[Play]]


def plan_duplicates(
    scenario: Scenario,
    configuration: Configuration,
    contracts: Mapping[str, OperationContract],
    *,
    several_workers: bool,
) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    """Return the cases of ``scenario``, and the entries left out for an operation and why."""
    cases: list[Case] = []
    omissions: list[Omission] = []
    for entry in scenario.entries:
        for operation in selected(scenario, configuration.operations):
            stage = Stage(
                operation=operation,
                contract=contracts.get(operation.name),
                settings=entry.settings,
                several_workers=several_workers,
            )
            for play in _plays(entry, stage):
                if play.omitted:
                    omissions.append(omitted(entry, scenario, operation, play.omitted))
                else:
                    cases.append(_case(entry, scenario, operation, play))
    return tuple(cases), tuple(omissions)


def titles() -> Mapping[str, str]:
    """Return what each catalogue entry of this family is called, by its id."""
    return {entry: twice.title for entry, twice in _ENTRIES.items()}


def _plays(entry: Entry, stage: Stage) -> Iterator[Play]:
    if not stage.operation.event:
        yield Play(omitted="the operation declares no event identity, so no two requests are the same event")
        return
    yield from _ENTRIES[entry.id].plays(stage)


def _case(entry: Entry, scenario: Scenario, operation: Operation, play: Play) -> Case:
    title = titled(entry, titles())
    return Case(
        id=f"{entry.id}/{operation.name}/{play.label}",
        entry=entry.id,
        family=Family.DUPLICATE,
        scenario=scenario.name,
        operation=operation.name,
        title=f"{title} ({play.apart})" if play.apart else title,
        trouble=_ENTRIES[entry.id].trouble,
        steps=play.steps,
        checks=tuple(name for name in play.checks if operation.effect or name not in ONE_EFFECT),
    )


def _first(stage: Stage) -> Send:
    return valid(stage.operation, "first", 1, phase=Phase.BASELINE, expect=ACCEPTED)


def _read(stage: Stage, of: str) -> tuple[Step, ...]:
    return (ReadBack(label=f"read-{of}", of=of, phase=Phase.RECOVERY),) if stage.operation.read else ()


def _read_checks(stage: Stage) -> tuple[str, ...]:
    return ("stored-result-reads-back",) if stage.operation.read else ()


def _after_completion(stage: Stage) -> Iterator[Play]:
    """D01: the same event again after the first is complete, twice."""
    again = tuple(valid(stage.operation, label, 1, expect=ACCEPTED) for label in ("second", "third"))
    yield Play(
        steps=(_first(stage), Settle(), again[0], Settle(), again[1], Settle(), *_read(stage, "first")),
        checks=(*SAME_ANSWER, "duplicates-answered", *_read_checks(stage)),
    )


def _at_once(stage: Stage) -> Iterator[Play]:
    """D02: the same event from 2, 10 and 50 clients at the same instant, several rounds each."""
    chosen = stage.settings.get("clients")
    rounds = stage.settings.get("rounds")
    for clients, usual in ((int(chosen), 3),) if chosen else ((2, 4), (10, 2), (50, 1)):
        for turn in range(1, int(rounds or usual) + 1):
            copies = tuple(valid(stage.operation, f"copy-{n}", 1) for n in range(1, clients + 1))
            again = valid(stage.operation, "again", 1, phase=Phase.RECOVERY, expect=ACCEPTED)
            yield Play(
                label=f"{clients}-clients-{turn}",
                apart=f"{clients} clients",
                steps=(Together(sends=copies), Settle(), again, Settle()),
                checks=(*SAME_ANSWER, "duplicates-answered"),
            )


def _other_body(stage: Stage) -> Iterator[Play]:
    """D04: the same identity with another body is refused, and the stored result stays."""
    if any(selector.place == "json" for selector in stage.operation.event):
        yield Play(omitted="the identity is part of the JSON body: no rule says that another body under it is refused")
        return
    request = other_body(stage.operation, stage.contract, 1)
    if request is None:
        yield Play(omitted="no value of the example's JSON body can be changed")
        return
    expect = Expectation(
        expected=Expected.REJECTED,
        statuses=(422, 400, 409),
        rule="a key used again with another body is refused (draft-ietf-httpapi-idempotency-key-header, 2.6)",
    )
    other = Send(
        label="other-body", phase=Phase.FAULT, operation=stage.operation.name, message=request, event=1, expect=expect
    )
    again = valid(stage.operation, "again", 1, phase=Phase.RECOVERY, expect=ACCEPTED)
    yield Play(
        steps=(_first(stage), Settle(), other, Settle(), again, Settle()),
        checks=(*SAME_ANSWER, "other-body-refused"),
    )


def _without_key(stage: Stage) -> Iterator[Play]:
    """D07: no key where one is required; a key on a read is ignored."""
    request = _keyless(stage.operation)
    if request is None:
        yield Play(omitted="the event's identity is no header, so there is no key to leave out")
        return
    expect = Expectation(
        expected=Expected.REJECTED,
        force=_force_of_a_missing_key(stage),
        statuses=(400,),
        rule="a request without the required key is refused (draft-ietf-httpapi-idempotency-key-header, 2.7)",
    )
    bare = Send(label="no-key", phase=Phase.FAULT, operation=stage.operation.name, message=request, expect=expect)
    name = next(selector.name for selector in stage.operation.event if selector.place == "header")
    keyed = ReadBack(label="read-with-key", of="first", phase=Phase.FAULT, headers=((name, placeholder(1)),))
    reads = (*_read(stage, "first"), keyed) if stage.operation.read else ()
    yield Play(
        steps=(bare, Settle(), _first(stage), Settle(), *reads, Settle()),
        checks=("key-required", *ONE_EFFECT, *_read_checks(stage)),
    )


def _client_gave_up(stage: Stage) -> Iterator[Play]:
    """D12: the client gives up while the service is still at work, and asks again when that is done."""
    effect = stage.operation.effect
    if effect is None:
        yield Play(omitted="the operation calls no dependency whose answer could be late")
        return
    fault = Fault(
        id="late", dependency=effect.dependency, kind="late", call=str(effect.route), times=1, settings={"delay": LATE}
    )
    first = valid(stage.operation, "first", 1, give_up_after=LATE / 2)
    retry = valid(stage.operation, "retry", 1, phase=Phase.RECOVERY, expect=ACCEPTED)
    yield Play(
        steps=(Arm(fault=fault), first, Settle(), Clear(fault="late"), retry, Settle(), *_read(stage, "retry")),
        checks=(*ONE_EFFECT, "retry-completes", *_read_checks(stage)),
    )


def _cut_before_answer(stage: Stage) -> Iterator[Play]:
    """D13: the connection is cut before the answer is read, and the client asks again at once."""
    cut = valid(stage.operation, "first", 1, give_up_after=0.0)
    retry = valid(stage.operation, "second", 1)
    again = valid(stage.operation, "retry", 1, phase=Phase.RECOVERY, expect=ACCEPTED)
    for turn in (1, 2, 3):
        yield Play(
            label=str(turn),
            steps=(cut, retry, Settle(), again, Settle(), *_read(stage, "retry")),
            checks=(*SAME_ANSWER, "duplicates-answered", "retry-completes", *_read_checks(stage)),
        )


def _other_worker(stage: Stage) -> Iterator[Play]:
    """D15: the retry is served by another process than the first."""
    if not stage.several_workers:
        yield Play(omitted="the target cannot be made to serve a retry from another of two or more processes")
        return
    retry = valid(stage.operation, "retry", 1, expect=ACCEPTED, other_worker_than="first")
    yield Play(
        steps=(_first(stage), Settle(), retry, Settle()),
        checks=(*SAME_ANSWER, "dedupe-across-workers"),
    )


def _force_of_a_missing_key(stage: Stage) -> Force:
    """Return must where the service's own document requires the key; elsewhere a missing key is advice."""
    required = stage.contract.required_headers if stage.contract else ()
    keys = {selector.name.lower() for selector in stage.operation.event if selector.place == "header"}
    return Force.MUST if keys & set(required) else Force.SHOULD


def _keyless(operation: Operation) -> Request | None:
    """Return the valid request without the headers that identify its event; None where none is a header."""
    names = {selector.name.lower() for selector in operation.event if selector.place == "header"}
    if not names:
        return None
    request = valid_request(operation, 1)
    headers = tuple((name, value) for name, value in request.headers if name.lower() not in names)
    return Request(method=request.method, target=request.target, headers=headers, body=request.body)


_ENTRIES: dict[str, Twice] = {
    "D01": Twice(
        title="the same event again after completion",
        trouble="duplicate after completion",
        plays=_after_completion,
    ),
    "D02": Twice(
        title="the same event from several clients at the same instant",
        trouble="concurrent duplicates",
        plays=_at_once,
    ),
    "D04": Twice(
        title="the same identity with another body",
        trouble="same key, other body",
        plays=_other_body,
    ),
    "D07": Twice(
        title="no key where one is required; a key on a read",
        trouble="missing key",
        plays=_without_key,
    ),
    "D12": Twice(
        title="the client gives up, the service finishes, the client asks again",
        trouble="retry after the client gave up",
        plays=_client_gave_up,
    ),
    "D13": Twice(
        title="the connection is cut before the answer, with a retry at once",
        trouble="retry after a cut connection",
        plays=_cut_before_answer,
    ),
    "D15": Twice(
        title="the retry lands on another worker process",
        trouble="retry on another worker",
        plays=_other_worker,
    ),
}
