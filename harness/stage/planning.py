"""Configuration, scenarios and options to a plan: which cases, in which order, and what is left out and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from harness.config.nodes import nearest
from harness.doubles import fault_kinds, fault_problem
from harness.model.cases import Case, Family, Omission, Plan
from harness.model.errors import UsageError
from harness.model.records import record
from harness.model.scenarios import Scenario
from harness.model.services import Configuration, OperationContract
from harness.plan import duplicate, load, malformed, timeout, versions
from harness.plan.reference import plan_references
from harness.scenario.vocabulary import Vocabulary
from harness.scenario.vocabulary import vocabulary as words
from harness.stage.options import Options
from harness.targets.instance import Capability

TITLES: Mapping[Family, Callable[[], Mapping[str, str]]] = {
    Family.MALFORMED: malformed.titles,
    Family.DUPLICATE: duplicate.titles,
    Family.TIMEOUT: timeout.titles,
    Family.LOAD: load.titles,
    Family.VERSIONS: versions.titles,
}
"""What the catalogue calls the entries of each family, by id."""

Part = tuple[tuple[Case, ...], tuple[Omission, ...]]


@record
class Ground:
    """What planning stands on: the documents, and what the target can carry."""

    configuration: Configuration
    scenarios: tuple[Scenario, ...]
    contracts: Mapping[str, OperationContract]
    capabilities: frozenset[Capability]
    seed: int


def vocabulary(configuration: Configuration) -> Vocabulary:
    """Return the words that a scenario file may use with ``configuration``."""
    return words(
        configuration,
        entries={family: frozenset(named()) for family, named in TITLES.items()},
        faults={name: kind.settings for name, kind in fault_kinds().items()},
        durations={name: kind.durations for name, kind in fault_kinds().items()},
        fault_problem=fault_problem,
    )


def narrowed(scenarios: tuple[Scenario, ...], options: Options, operations: Collection[str]) -> tuple[Scenario, ...]:
    """Return what the options select; UsageError when that is nothing, or when they name what is not there.

    ``operations`` are the names of all that the configuration has.
    """
    _refuse_unknown(scenarios, options, operations)
    families = tuple(s for s in scenarios if not options.families or s.family in options.families)
    chosen = tuple(_narrowed(scenario, frozenset(options.select)) for scenario in families)
    of_these = tuple(_of_operations(scenario, frozenset(options.operations)) for scenario in chosen)
    kept = tuple(scenario for scenario in of_these if scenario is not None and scenario.entries)
    if not kept:
        raise UsageError("the options select no entry of any scenario: nothing would be run, so nothing could be shown")
    return kept


def own_entries(scenarios: tuple[Scenario, ...]) -> frozenset[str]:
    """Return the entries that no catalogue has: the author of the scenarios wrote them."""
    catalogued = {entry for named in TITLES.values() for entry in named()}
    return frozenset(entry.id for scenario in scenarios for entry in scenario.entries) - catalogued


def make_plan(ground: Ground) -> Plan:
    """Return the plan: the references first, then every family in the order of the scenarios."""
    parts = [_PLANNERS[scenario.family](scenario, ground) for scenario in ground.scenarios]
    cases = tuple(case for cases, _ in parts for case in cases)
    omissions = tuple(omission for _, left_out in parts for omission in left_out)
    operations = tuple({case.operation for case in cases})
    references = plan_references(ground.configuration, operations, seed=ground.seed)
    return Plan(seed=ground.seed, cases=references.cases + _unique(cases), omissions=omissions)


def _refuse_unknown(scenarios: tuple[Scenario, ...], options: Options, operations: Collection[str]) -> None:
    known = {s.name for s in scenarios} | {entry.id for s in scenarios for entry in s.entries}
    unknown = sorted(set(options.select) - known)
    if unknown:
        raise UsageError(f"no scenario or entry is called {_strange(unknown, known)}")
    strange = sorted(set(options.operations) - set(operations))
    if strange:
        raise UsageError(f"no operation is called {_strange(strange, operations)}")


def _strange(names: Iterable[str], known: Collection[str]) -> str:
    """Return names that are not known: each with the one that was meant, or with all that there are."""
    near = {name: nearest(name, known) for name in names}
    told = [f"'{name}' (did you mean '{right}'?)" if right else f"'{name}'" for name, right in near.items()]
    every = "" if all(near.values()) else f"; there are: {', '.join(sorted(known))}"
    return f"{', '.join(told)}{every}"


def _narrowed(scenario: Scenario, select: frozenset[str]) -> Scenario:
    if not select or scenario.name in select:
        return scenario
    return replace(scenario, entries=tuple(entry for entry in scenario.entries if entry.id in select))


def _of_operations(scenario: Scenario, wanted: frozenset[str]) -> Scenario | None:
    """Return ``scenario`` for the wanted operations only; None where it is about none of them."""
    if not wanted:
        return scenario
    both = wanted & set(scenario.operations or wanted)
    return replace(scenario, operations=tuple(sorted(both))) if both else None


def _unique(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """Return ``cases`` with ids made unique where two scenarios plan the same one: the scenario's name goes before."""
    counts: dict[str, int] = {}
    for case in cases:
        counts[case.id] = counts.get(case.id, 0) + 1
    return tuple(replace(case, id=f"{case.scenario}/{case.id}") if counts[case.id] > 1 else case for case in cases)


def _malformed(scenario: Scenario, ground: Ground) -> Part:
    wire = Capability.WIRE in ground.capabilities
    return malformed.plan_malformed(scenario, ground.configuration, ground.contracts, wire=wire, seed=ground.seed)


def _duplicates(scenario: Scenario, ground: Ground) -> Part:
    several = Capability.WORKERS in ground.capabilities and ground.configuration.service.workers > 1
    return duplicate.plan_duplicates(
        scenario,
        ground.configuration,
        ground.contracts,
        several_workers=several,
        mortal=Capability.KILL in ground.capabilities,
        seed=ground.seed,
    )


def _timeouts(scenario: Scenario, ground: Ground) -> Part:
    return timeout.plan_timeouts(
        scenario,
        ground.configuration,
        several_workers=Capability.WORKERS in ground.capabilities and ground.configuration.service.workers > 1,
        mortal=Capability.KILL in ground.capabilities,
        concurrent=Capability.CONCURRENT in ground.capabilities,
    )


def _load(scenario: Scenario, ground: Ground) -> Part:
    concurrent = Capability.CONCURRENT in ground.capabilities
    return load.plan_load(scenario, ground.configuration, ground.contracts, seed=ground.seed, concurrent=concurrent)


def _versions(scenario: Scenario, ground: Ground) -> Part:
    return versions.plan_versions(scenario, ground.configuration, seed=ground.seed)


_PLANNERS = {
    Family.MALFORMED: _malformed,
    Family.DUPLICATE: _duplicates,
    Family.TIMEOUT: _timeouts,
    Family.LOAD: _load,
    Family.VERSIONS: _versions,
}
