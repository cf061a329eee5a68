"""The load family: constant arrivals on an instance of its own, once for each thing that load breaks.

One row of the table says what an entry adds to a steady load: which numbers, how many workers, which checks must have
had a chance to fail. Leaks are judged with one worker, dedupe and isolation with two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import cycle, islice

from harness.model.cases import Case, Family, Instance, Isolation, Load, Omission, Settle
from harness.model.records import record
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Configuration, Operation, OperationContract, Server
from harness.mutations.pointers import Path, parse, replaced
from harness.plan.choreography import omitted, selected, titled
from harness.plan.contracts import accepts, valid_request

RATE = 40.0
"""Arrivals per second where the scenario does not say."""

SECONDS = 5.0
"""How long a load lasts where the scenario does not say."""

TROUBLE = "load"
"""One word for every entry, so that a leak or a crossing that three loads show is one finding with three witnesses."""

SHORTEST = 4
"""Letters of the shortest string of an example that is made unique in each request."""


@record
class Stage:
    """What an entry is planned for."""

    operation: Operation
    tokens: tuple[str, ...]
    server: Server


@record
class Kind:
    """One entry of the catalogue: what makes its load different from a steady one.

    ``without`` returns why an operation cannot have it (empty: it can); ``checks`` names those that
    must have had a chance to fail.
    """

    variant: str
    title: str
    workers: int
    repeat: float
    without: Callable[[Stage], str]
    checks: Callable[[Stage], Iterator[str]]


def titles() -> Mapping[str, str]:
    """Return what each catalogue entry of this family is called, by its id."""
    return {entry: kind.title for entry, kind in _KINDS.items()}


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
            tokens = tokens_of(operation, contracts.get(operation.name))
            stage = Stage(operation=operation, tokens=tokens, server=configuration.service.server)
            if reason := _obstacle(entry, stage, concurrent):
                omissions.append(omitted(entry, scenario, operation, reason))
            else:
                cases.append(_case(entry, scenario, stage, seed))
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


def _obstacle(entry: Entry, stage: Stage, concurrent: bool) -> str:
    """Return why ``entry`` cannot be planned; empty where it can."""
    if stage.server is Server.WSGI or not concurrent:
        return "load needs a server on a socket that serves several connections at once, and the target has none"
    return _KINDS[entry.id].without(stage)


def _case(entry: Entry, scenario: Scenario, stage: Stage, seed: int) -> Case:
    kind, operation = _KINDS[entry.id], stage.operation
    load = Load(
        label="load",
        operation=operation.name,
        message=valid_request(operation),
        rate=entry.settings.get("rate", RATE),
        seconds=entry.settings.get("seconds", SECONDS),
        repeat=entry.settings.get("repeat", kind.repeat),
        tokens=stage.tokens,
        seed=seed,
        thresholds=entry.thresholds,
    )
    bounds = ("load-thresholds",) if entry.thresholds else ()
    return Case(
        id=f"{entry.id}/{operation.name}/{kind.variant}",
        entry=entry.id,
        family=Family.LOAD,
        scenario=scenario.name,
        operation=operation.name,
        title=titled(entry, titles()),
        trouble=TROUBLE,
        steps=(Settle(), load, Settle()),
        checks=("load-delivered", "no-errors-under-load", *bounds, *kind.checks(stage)),
        instance=_instance(stage, kind.workers),
        watch=True,
    )


def _instance(stage: Stage, workers: int) -> Instance:
    """Return an instance of the case's own, except where the harness starts none."""
    if stage.server is Server.URL:
        return Instance()
    return Instance(isolation=Isolation.FRESH, workers=workers)


def _always(_: Stage) -> str:
    return ""


def _without_event(stage: Stage) -> str:
    if stage.operation.event:
        return ""
    return "the operation declares no event identity, so no two requests are the same event"


def _without_tokens(stage: Stage) -> str:
    if stage.tokens:
        return ""
    return (
        f"the example has no free word of {SHORTEST} letters or more, so requests cannot be told apart in their answers"
    )


def _effects(stage: Stage) -> Iterator[str]:
    if stage.operation.effect is not None and (stage.tokens or stage.operation.event):
        yield "exact-effects-under-load"


def _leaks(stage: Stage) -> Iterator[str]:
    yield from _effects(stage)
    if stage.server is not Server.URL:
        yield "resources-return"


def _belonging(stage: Stage) -> Iterator[str]:
    yield from _effects(stage)
    yield "answers-belong-to-requests"


_KINDS: dict[str, Kind] = {
    "L01": Kind(
        variant="steady",
        title="a steady load: its promises kept, its resources given back",
        workers=1,
        repeat=0.0,
        without=_always,
        checks=_leaks,
    ),
    "L10": Kind(
        variant="duplicates",
        title="duplicates under load: one effect for each event",
        workers=2,
        repeat=0.2,
        without=_without_event,
        checks=_effects,
    ),
    "L17": Kind(
        variant="isolation",
        title="callers side by side: each sees only its own data",
        workers=2,
        repeat=0.0,
        without=_without_tokens,
        checks=_belonging,
    ),
}
