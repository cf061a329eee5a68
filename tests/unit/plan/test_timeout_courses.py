"""The courses of timeouts: what is sent before, during and after a fault, and what a target or service cannot show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.cases import Case, Family, Omission, Plan
from harness.model.faults import Landed
from harness.model.messages import Request
from harness.model.scenarios import Entry, Scenario
from harness.model.scope import Reference
from harness.model.services import (
    Call,
    Configuration,
    Dependency,
    EffectKind,
    EffectRef,
    Operation,
    Route,
    Selector,
    Server,
    Service,
)
from harness.model.steps import Arm, Kill, Phase, ReadBack, Recover, Send
from harness.plan.refined import refined
from harness.plan.timeout import plan_timeouts, titles

ENTRIES = Route(method="POST", path="/entries")
SOURCES = Route(method="GET", path="/sources/{name}")
CREATE = Operation(
    name="create",
    route=Route(method="POST", path="/batches"),
    json={"source": "crm"},
    event=(Selector(place="header", name="Idempotency-Key"),),
    effect=EffectRef(dependency="ledger", route=ENTRIES),
    read=Route(method="GET", path="/batches/{answer.id}"),
    deadline_header="X-Left",
)
ENRICH = replace(CREATE, name="enrich")
CONFIGURATION = Configuration(
    file="harness.yaml",
    service=Service(server=Server.GUNICORN, deadline=2.0, workers=2, threads=3),
    dependencies=(
        Dependency(name="ledger", env="LEDGER_URL", calls=(Call(route=ENTRIES, effect=EffectKind.KEYED),)),
        Dependency(name="sources", env="SOURCES_URL", calls=(Call(route=SOURCES),)),
    ),
    operations=(CREATE, ENRICH),
    watch=(Route(method="GET", path="/healthz"),),
)


def _planned(
    *entries: str, configuration: Configuration = CONFIGURATION, able: bool = True
) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    scenario = Scenario(
        name="timeout", file="f", family=Family.TIMEOUT, entries=tuple(Entry(id=entry) for entry in entries)
    )
    return plan_timeouts(scenario, configuration, several_workers=able, mortal=able, concurrent=able)


def _alone(operation: Operation) -> Configuration:
    return replace(CONFIGURATION, operations=(operation,))


def _acts(case: Case) -> list[str]:
    return [step.act if not isinstance(step, Send) else f"{step.label}:{step.event}" for step in case.steps]


BACK = ["recover", "settle", "retry:2", "settle", "read-back"]


def test_every_entry_makes_cases_with_unique_ids() -> None:
    """All that the family knows can be planned where the target and the service can show it, and no two ids are one."""
    cases, omissions = _planned(*titles())
    ids = [case.id for case in cases]
    assert ({case.entry for case in cases}, omissions) == (set(titles()), ())
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("entry", "acts"),
    [
        ("T28", ["arm", "arm", "fault-1:2", "fault-2:3", "clear", "clear", "settle", *BACK]),
        ("T37", ["arm", "fault-1:2", "fault-2:2", "clear", "settle", *BACK]),
        ("T43", ["arm", "fault-1:2", "fault-2:2", "clear", "settle", *BACK]),
        ("T45", ["arm", "begin", "await-strike", "fault-2:2", "collect", "clear", "settle", *BACK]),
        ("T46", ["arm", "arm", "fault-1:2", "fault-2:3", "clear", "clear", "settle", *BACK]),
        ("T48", ["arm", "fault-1:2", "kill", "fault-2:2", "clear", "settle", *BACK]),
    ],
)
def test_each_course_is_told_in_its_steps(entry: str, acts: list[str]) -> None:
    """A clean request, the trouble with what goes on in it, and the way back."""
    cases, _ = _planned(entry, configuration=_alone(CREATE))
    assert _acts(cases[0]) == ["baseline-1:1", "settle", *acts]


def test_every_recovery_asks_every_worker() -> None:
    """No course is over while one worker of several is not well; each has the time that the operation declares."""
    slow = replace(CONFIGURATION, operations=(replace(CREATE, recovery=7.0), replace(ENRICH, recovery=7.0)))
    cases, _ = _planned(*titles(), configuration=slow)
    steps = [[step for step in case.steps if isinstance(step, Recover)] for case in cases]
    assert {(len(found), found[0].every_worker, found[0].within) for found in steps} == {(1, True, 7.0)}


def test_many_wait_and_others_read() -> None:
    """More requests than the service has threads wait; what was stored before is read in the midst of it."""
    (case,), _ = _planned("T35", configuration=_alone(CREATE))
    begun = [step for step in _acts(case) if step == "begin"]
    reads = [(step.label, step.of, step.phase) for step in case.steps if isinstance(step, ReadBack)]
    assert (len(begun), reads[:2]) == (
        12,
        [("read-before", "baseline-1", Phase.BASELINE), ("read-during", "baseline-1", Phase.FAULT)],
    )
    assert "watched-routes-stay-fast" in case.checks
    assert _acts(case).index("await-strike") < _acts(case).index("read-back", 4) < _acts(case).index("collect")


def test_many_requests_under_one_fault_stay_with_one_worker() -> None:
    """Each goes out on the connection of the one before: so one process has enough of them to open its breaker."""
    (case,), _ = _planned("T47", configuration=CONFIGURATION)[0][2:3], ()
    chain = [(send.label, send.same_connection) for send in case.sends() if send.phase is Phase.FAULT]
    labels = [label for label, _ in chain]
    assert labels == [*(f"fault-{n}" for n in range(1, 9)), *(f"beside-{n}" for n in range(1, 5))]
    assert [before for _, before in chain] == ["", *labels[:-1]]


def test_the_callers_deadline_is_told_in_his_header() -> None:
    """Nothing left, and nothing armed; then less than the dependency takes."""
    cases, _ = _planned("T36", configuration=_alone(CREATE))
    told = []
    for case in cases:
        message = case.sends()[1].message
        assert isinstance(message, Request)
        told.append(
            (case.id, dict(message.headers)["X-Left"], len(case.faults()), "failure-is-declared" in case.checks)
        )
    assert told == [("T36/create/used-up", "0", 0, False), ("T36/create/short", "300", 1, True)]


@pytest.mark.parametrize(
    ("entry", "configuration", "able", "reason"),
    [
        ("T35", _alone(CREATE), False, "the target serves one request at a time"),
        (
            "T36",
            _alone(replace(CREATE, deadline_header="")),
            True,
            "the operation declares no header for its caller's deadline (deadline_header)",
        ),
        (
            "T37",
            _alone(replace(CREATE, event=())),
            True,
            "the operation declares no event identity, so nothing can be asked for again",
        ),
        (
            "T43",
            _alone(CREATE),
            False,
            "the target cannot be made to serve a retry from another of two or more processes",
        ),
        ("T45", _alone(CREATE), False, "the target serves one request at a time"),
        (
            "T46",
            replace(_alone(CREATE), dependencies=CONFIGURATION.dependencies[:1]),
            True,
            "only one dependency is declared",
        ),
        ("T47", _alone(CREATE), True, "no other operation is declared"),
        ("T48", _alone(CREATE), False, "the processes of this target are not the harness's to kill"),
    ],
)
def test_what_cannot_be_shown_is_left_out_once_with_its_reason(
    entry: str, configuration: Configuration, able: bool, reason: str
) -> None:
    """One omission for an operation, however many faults the entry stands for."""
    cases, omissions = _planned(entry, configuration=configuration, able=able)
    assert (cases, [omission.reason for omission in omissions]) == ((), [reason])


def test_a_killed_service_is_not_watched() -> None:
    """Probes of a service that is being restarted show nothing."""
    (case,), _ = _planned("T48", configuration=_alone(CREATE))
    assert ([step.what for step in case.steps if isinstance(step, Kill)], case.watch) == (["service"], False)


def test_what_is_about_an_effect_strikes_only_the_operations_own() -> None:
    """A lost reply of a call that changes nothing is no more than a closed connection."""
    cases, _ = _planned("T29", "T05", configuration=_alone(CREATE))
    assert [case.id for case in cases] == [
        "T29/create/once",
        "T29/create/every-time",
        "T05/create/closed",
        "T05/create/closed-at-sources-get-sources-name",
        "T05/create/reset",
        "T05/create/reset-at-sources-get-sources-name",
    ]


def test_a_fault_has_what_its_strike_says() -> None:
    """Kind, place, times, landing and settings; delays in deadlines of the service."""
    cases, _ = _planned("T08", "T10", "T30", configuration=_alone(CREATE))
    faults = [(f.kind, f.call, f.times, f.landed, dict(f.settings)) for case in cases for f in case.faults()]
    assert faults == [
        ("cut-head", "POST /entries", 0, None, {}),
        ("cut-head", "POST /entries", 0, Landed.NONE, {}),
        ("drip", "POST /entries", 0, None, {"part": "body", "delay": 4.0}),
        ("drip", "GET /sources/{name}", 0, None, {"part": "body", "delay": 4.0}),
        ("redirect", "", 0, None, {"to": "/elsewhere"}),
        ("redirect", "", 0, None, {"to": ""}),
    ]


def test_who_stands_by_is_known_once_both_were_run_clean() -> None:
    """Of each pair of operations and each dependency the one stays where the first calls it and the second does not."""
    cases, _ = _planned("T47")
    assert [(case.id, case.bystander) for case in cases] == [
        ("T47/create/503-beside-enrich", "enrich"),
        ("T47/create/503-beside-enrich-at-sources-get-sources-name", "enrich"),
        ("T47/enrich/503-beside-create", "create"),
        ("T47/enrich/503-beside-create-at-sources-get-sources-name", "create"),
    ]
    references = {
        "create": Reference(operation="create", runs=3, calls={"ledger POST /entries": 1}),
        "enrich": Reference(
            operation="enrich", runs=3, calls={"ledger POST /entries": 1, "sources GET /sources/{name}": 1}
        ),
    }
    plan = refined(Plan(seed=1, cases=cases), references)
    assert [case.id for case in plan.cases] == ["T47/enrich/503-beside-create-at-sources-get-sources-name"]
    assert [omission.reason for omission in plan.omissions] == [
        "clean runs of enrich call ledger as well",
        "clean runs of create never call sources GET /sources/{name}",
        "clean runs of create call ledger as well",
    ]


def test_a_second_trouble_need_not_be_met() -> None:
    """Where the first failure keeps the other dependency from being called, the case still shows something."""
    cases, _ = _planned("T46", configuration=_alone(CREATE))
    arms = [(step.fault.dependency, step.fault.needed) for step in cases[0].steps if isinstance(step, Arm)]
    assert arms == [("sources", False), ("ledger", True)]
