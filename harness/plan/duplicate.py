"""The duplicate-event family: the same event twice, in every order that happens in life.

One small function per catalogue entry says the steps (``repeats``, ``races``, ``crashes``, ``keyspace``); the table at
the end names them. Oracles live in the checks: one effect per event, one answer per event, another body refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.model.cases import Case, Family, Omission
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Configuration, Operation, OperationContract
from harness.plan import crashes, keyspace, races, repeats
from harness.plan.choreography import omitted, selected, titled
from harness.plan.plays import ONE_EFFECT, Play, Stage, Twice, header_names, only_a_header


def plan_duplicates(
    scenario: Scenario,
    configuration: Configuration,
    contracts: Mapping[str, OperationContract],
    *,
    several_workers: bool,
    mortal: bool = False,
    seed: int = 0,
) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    """Return the cases of ``scenario``, and the entries left out for an operation and why.

    ``several_workers``: a retry can be given to another process; ``mortal``: processes can be killed and started again.
    """
    cases: list[Case] = []
    omissions: list[Omission] = []
    for entry in scenario.entries:
        for operation in selected(scenario, configuration.operations):
            stage = Stage(
                operation=operation,
                contract=contracts.get(operation.name),
                settings=entry.settings,
                several_workers=several_workers,
                mortal=mortal,
                neighbours=_neighbours(operation, selected(scenario, configuration.operations)),
                deadline=configuration.service.deadline,
                seed=seed,
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


def _neighbours(operation: Operation, operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
    """Return the other operations whose event the same header names, and nothing else does."""
    if not only_a_header(operation):
        return ()
    names = {name.lower() for name in header_names(operation)}
    return tuple(
        other
        for other in operations
        if other.name != operation.name
        and only_a_header(other)
        and {name.lower() for name in header_names(other)} == names
    )


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


_ENTRIES: dict[str, Twice] = {
    "D01": Twice(
        title="the same event again after completion",
        trouble="duplicate after completion",
        plays=repeats.after_completion,
    ),
    "D02": Twice(
        title="the same event from several clients at the same instant",
        trouble="concurrent duplicates",
        plays=races.at_once,
    ),
    "D03": Twice(
        title="the duplicate comes while the first waits for its dependency",
        trouble="duplicate while the first waits",
        plays=races.while_the_first_waits,
    ),
    "D04": Twice(
        title="the same identity with another body",
        trouble="same key, other body",
        plays=repeats.with_other_body,
    ),
    "D05": Twice(
        title="the same event, its body spelt otherwise",
        trouble="same key, body spelt otherwise",
        plays=repeats.spelt_otherwise,
    ),
    "D06": Twice(
        title="the same key at another operation",
        trouble="same key, other operation",
        plays=keyspace.at_another_operation,
    ),
    "D07": Twice(
        title="no key where one is required; a key on a read",
        trouble="missing key",
        plays=repeats.without_key,
    ),
    "D10": Twice(
        title="the first was invalid; again, and corrected under the same key",
        trouble="retry after a refusal",
        plays=repeats.corrected,
    ),
    "D11": Twice(
        title="the first failed; two retries at once, and one more",
        trouble="retry after a failure",
        plays=races.failed_once,
    ),
    "D12": Twice(
        title="the client gives up, the service finishes, the client asks again",
        trouble="retry after the client gave up",
        plays=crashes.client_gave_up,
    ),
    "D13": Twice(
        title="the connection is cut before the answer, with a retry at once",
        trouble="retry after a cut connection",
        plays=crashes.cut_before_answer,
    ),
    "D14": Twice(
        title="the service is killed before an effect and after one, and started again",
        trouble="service killed at work",
        plays=crashes.service_killed,
    ),
    "D15": Twice(
        title="the retry lands on another worker process",
        trouble="retry on another worker",
        plays=crashes.other_worker,
    ),
    "D18": Twice(
        title="events again behind a crowd of others",
        trouble="duplicate behind many others",
        plays=races.behind_many_others,
    ),
    "D20": Twice(
        title="a storm: every event many times, shuffled, at once",
        trouble="redelivery storm",
        plays=races.storm,
    ),
    "D23": Twice(
        title="copies at the same instant, while the dependency loses an answer",
        trouble="duplicates while the dependency errs",
        plays=races.while_the_dependency_errs,
    ),
    "D25": Twice(
        title="the service is killed and started again between the two",
        trouble="duplicate after a restart",
        plays=crashes.started_again,
    ),
    "D26": Twice(
        title="different events side by side: by turns on one connection, then at once",
        trouble="duplicates among other events",
        plays=races.side_by_side,
    ),
    "D27": Twice(
        title="two keys that differ in the case of their letters",
        trouble="keys that differ in letter case",
        plays=keyspace.in_other_letters,
    ),
    "D28": Twice(
        title="two long keys that differ in their last character",
        trouble="keys that differ at their end",
        plays=keyspace.alike_but_for_the_end,
    ),
    "D29": Twice(
        title="a body at its limit, again, and with another end",
        trouble="duplicate of a large body",
        plays=repeats.large,
    ),
    "D31": Twice(
        title="the worker is killed after the effect, before it is recorded",
        trouble="worker killed after the effect",
        plays=crashes.worker_killed_after_effect,
    ),
    "D32": Twice(
        title="the worker is killed while its call hangs, before the effect",
        trouble="worker killed before the effect",
        plays=crashes.worker_killed_before_effect,
    ),
}
