"""The load family: constant arrivals on an instance of its own, once for each thing that load breaks.

What an entry adds to a steady load (which numbers, how many workers, what else happens, which checks must have had a
chance to fail) is a row of the table in :mod:`harness.plan.loads`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import cycle, islice

from harness.model.cases import Case, Family, Instance, Omission
from harness.model.scenarios import Scenario
from harness.model.services import Configuration, Operation, OperationContract, Server
from harness.model.steps import Load, Phase, Settle, Step
from harness.mutations.pointers import Path, parse, replaced
from harness.plan.choreography import ACCEPTED, omitted, selected, titled, valid
from harness.plan.contracts import accepts, valid_request
from harness.plan.loads import KINDS, SHORTEST, Kind, Stage

TROUBLE = "load"
"""One word for every entry, so that a leak or a crossing that three loads show is one finding with three witnesses."""

WARM = 900_000_000
"""The number before that of the first event that warms a worker: no load counts so far."""


def titles() -> Mapping[str, str]:
    """Return what each catalogue entry of this family is called, by its id."""
    return {entry: kind.title for entry, kind in KINDS.items()}


def plan_load(
    scenario: Scenario,
    configuration: Configuration,
    contracts: Mapping[str, OperationContract],
    *,
    seed: int,
    concurrent: bool,
) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    """Return the cases of ``scenario``, and the entries left out for an operation and why.

    ``concurrent`` says whether the target serves several connections at once.
    """
    cases: list[Case] = []
    omissions: list[Omission] = []
    for entry in scenario.entries:
        for operation in selected(scenario, configuration.operations):
            contract = contracts.get(operation.name)
            stage = Stage(
                operation=operation,
                contract=contract,
                tokens=tokens_of(operation, contract),
                service=configuration.service,
                entry=entry,
            )
            if reason := _obstacle(stage, concurrent):
                omissions.append(omitted(entry, scenario, operation, reason))
            else:
                cases.append(_case(scenario, stage, seed))
    return tuple(cases), tuple(omissions)


def tokens_of(operation: Operation, contract: OperationContract | None) -> tuple[str, ...]:
    """Return the words of the operation's JSON example that may be another word in each request.

    A word is the stripped text of a string leaf: at least four ASCII letters, once in the whole body, no part of the
    event's identity, and free: the contract's schema accepts other words of that length in its place.
    """
    if operation.json is None:
        return ()
    body = valid_request(operation).body.decode()
    identities = {parse(s.name, operation.json) for s in operation.event if s.place == "json"}
    found = []
    for path, leaf in _strings(operation.json):
        word = leaf.strip()
        fits = len(word) >= SHORTEST and word.isascii() and word.isalpha()
        if fits and path not in identities and body.count(word) == 1 and _free(operation.json, path, leaf, contract):
            found.append(word)
    return tuple(found)


def _strings(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every string leaf of a JSON value with its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from _strings(child, (*path, str(name)))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _strings(child, (*path, index))


def _free(example: object, path: Path, leaf: str, contract: OperationContract | None) -> bool:
    """Return whether the contract accepts other words of the same length at ``path``."""
    if contract is None:
        return True
    word = leaf.strip()
    others = ("".join(islice(cycle(letters), len(word))) for letters in ("ghjk", "xzwv", "mnpqrst"))
    return all(accepts(contract, replaced(example, path, leaf.replace(word, other))) for other in others)


def _obstacle(stage: Stage, concurrent: bool) -> str:
    """Return why the entry of ``stage`` cannot be planned; empty where it can."""
    if stage.service.server is Server.WSGI or not concurrent:
        return "load needs a server on a socket that serves several connections at once, and the target has none"
    return KINDS[stage.entry.id].without(stage)


def _case(scenario: Scenario, stage: Stage, seed: int) -> Case:
    entry, kind, operation = stage.entry, KINDS[stage.entry.id], stage.operation
    load = Load(
        label="load",
        operation=operation.name,
        message=valid_request(operation),
        rate=stage.setting("rate", kind.rate),
        seconds=stage.setting("seconds", kind.seconds),
        warmup=kind.warmup,
        tokens=stage.tokens,
        seed=seed,
        thresholds=entry.thresholds,
    )
    changes = {"repeat": stage.setting("repeat", 0.0), **kind.shape(stage)}
    bounds = ("load-thresholds",) if entry.thresholds else ()
    return Case(
        id=f"{entry.id}/{operation.name}/{kind.variant}",
        entry=entry.id,
        family=Family.LOAD,
        scenario=scenario.name,
        operation=operation.name,
        title=titled(entry, titles()),
        trouble=TROUBLE,
        steps=(*_warmed(operation, kind.workers), replace(load, **changes), Settle()),
        checks=("load-delivered", "no-errors-under-load", *bounds, *kind.checks(stage)),
        instance=_instance(stage, kind),
        watch=True,
    )


def _warmed(operation: Operation, workers: int) -> Iterator[Step]:
    """Yield a clean request for each worker, so that no load meets one that prepares its database or its imports.

    None is a baseline: what the load causes lies in the same case and could be taken for theirs.
    """
    for number in range(1, workers + 1):
        yield valid(
            operation,
            f"warm-{number}",
            WARM + number,
            phase=Phase.FAULT,
            expect=ACCEPTED,
            other_worker_than="warm-1" if number > 1 else "",
        )
        yield Settle()


def _instance(stage: Stage, kind: Kind) -> Instance:
    """Return what the entry runs on; where the harness starts no instance, on what is there."""
    if stage.service.server is Server.URL:
        return Instance()
    return Instance(isolation=kind.isolation, workers=kind.workers)
