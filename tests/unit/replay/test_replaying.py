"""A replay tells what became of each incident, and never takes what was not shown for mended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.checks.registry import checks
from harness.incident.taken import taken
from harness.model.cases import Case, Family, Instance, Isolation, Omission, Plan
from harness.model.exits import Exit
from harness.model.faults import Fault
from harness.model.incidents import Incident
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Request
from harness.model.scope import Scope
from harness.model.services import Operation, Route
from harness.model.steps import Arm, Prepare, Recover, Send
from harness.redaction.redact import REDACTED
from harness.replay.replaying import Came, Replayed, came_to, replay_plan, replayed
from harness.report.document import build
from harness.report.format import Report
from harness.stage.options import Outcome
from harness.verdict import Group, decide
from tests.unit.report.made import CONFIGURATION, FOUND, PLAN, RUN, scope

(INCIDENT,) = (
    replace(incident, name="kept", tries=2)
    for incident in taken(RUN, PLAN, [Group(fingerprint="f", finding=FOUND[0], witnesses=())])
)
CASES = replay_plan((INCIDENT,), CONFIGURATION, 3).cases[-2:]


def test_each_incident_is_carried_out_as_often_as_it_asks_for() -> None:
    """Clean runs first, then each try under the incident's name; the check that found it must have its chance."""
    plan = replay_plan((INCIDENT,), CONFIGURATION, 3)
    assert [(case.id, case.family, case.scenario) for case in plan.cases] == [
        ("reference/create_batch/1", Family.REFERENCE, "reference"),
        ("reference/create_batch/2", Family.REFERENCE, "reference"),
        ("reference/create_batch/3", Family.REFERENCE, "reference"),
        ("kept/1", INCIDENT.case.family, "kept"),
        ("kept/2", INCIDENT.case.family, "kept"),
    ]
    assert all(INCIDENT.shows.check in case.checks for case in plan.cases[3:])
    assert (plan.seed, plan.omissions, plan.cases[3].steps) == (3, (), INCIDENT.case.steps)


def armed(dependency: str = "ledger", kind: str = "no-answer") -> Incident:
    """Return the incident with a fault in it."""
    fault = Fault(id="f", dependency=dependency, kind=kind)
    return replace(INCIDENT, case=replace(INCIDENT.case, steps=(Arm(fault=fault), *INCIDENT.case.steps)))


def test_what_leaves_trouble_behind_has_an_instance_of_its_own() -> None:
    """A fault with nothing after it that shows the service well again; where that is there, the service is shared."""
    way_back = Recover(label="well", operation="create_batch", message=INCIDENT.case.sends()[0].message, event=90)
    calm = replace(armed(), case=replace(armed().case, steps=(*armed().case.steps, way_back)))
    found = [replay_plan((each,), CONFIGURATION, 3).cases[-1].instance.isolation for each in (INCIDENT, armed(), calm)]
    assert found == [Isolation.SHARED, Isolation.FRESH, Isolation.SHARED]


def before(*statements: str, **instance: Any) -> Incident:
    """Return the incident with something that has to be so before."""
    steps = (*((Prepare(statements=statements),) if statements else ()), *INCIDENT.case.steps)
    return replace(INCIDENT, case=replace(INCIDENT.case, steps=steps, instance=Instance(**instance)))


@pytest.mark.parametrize(
    ("incident", "reason"),
    [
        (
            replace(INCIDENT, case=replace(INCIDENT.case, operation="gone")),
            "the configuration has no operation 'gone'; it has create_batch",
        ),
        (armed(dependency="cache"), "the configuration has no dependency 'cache'; it has ledger"),
        (armed(kind="gamma-rays"), "this version of the harness has no fault 'gamma-rays'"),
        (
            before("DELETE FROM a"),
            "it needs rows in the service's database: name the variable of its URL as 'service.database'",
        ),
        (
            before(clock="2028-02-29T12:00:00Z"),
            "the service's clock has to begin at 2028-02-29T12:00:00Z: say how as 'service.clock'",
        ),
        (
            before(env={"LEDGER_URL": "http://127.0.0.1:1"}),
            "the harness sets LEDGER_URL itself: take it out of the case's instance",
        ),
    ],
    ids=["operation", "dependency", "fault", "rows", "clock", "variable"],
)
def test_what_cannot_be_carried_out_is_required_and_left_out(incident: Incident, reason: str) -> None:
    """So the run is unknown, with the reason, and nothing of it counts as mended."""
    left_out = Omission(
        entry=incident.case.entry,
        scenario="kept",
        operation=incident.case.operation,
        reason=reason,
        required=True,
    )
    assert replay_plan((incident,), CONFIGURATION, 3) == Plan(seed=3, cases=(), omissions=(left_out,))


def test_a_secret_that_was_taken_out_comes_back_from_the_configuration() -> None:
    """The file holds none; the service needs it."""
    hidden = Request(method="POST", target="/v1/batches", headers=(("Authorization", REDACTED), ("X-Other", REDACTED)))
    send = Send(label="first", operation="create_batch", message=hidden)
    incident = replace(INCIDENT, tries=1, case=replace(INCIDENT.case, steps=(send,)))
    operation = Operation(
        name="create_batch",
        route=Route(method="POST", path="/v1/batches"),
        headers=(("authorization", "Bearer abc"),),
    )
    (case,) = replay_plan((incident,), replace(CONFIGURATION, operations=(operation,)), 3).cases[3:]
    (sent,) = case.sends()
    assert isinstance(sent.message, Request)
    assert sent.message.headers == (("Authorization", "Bearer abc"), ("X-Other", REDACTED))


def shown(*judgements: Judgement) -> Report:
    """Return the report of a replay whose two tries were judged so."""
    plan = replace(PLAN, cases=CASES, omissions=())
    run = replace(RUN, scenarios=())
    return build(run, plan, judgements, {case.id: ended(case) for case in CASES}, decide(plan, judgements), ())


def ended(case: Case) -> Scope:
    return replace(scope(case), started=True, finished=True)


def said(case: Case, *findings: Finding, opportunities: int = 1, unknown: tuple[str, ...] = ()) -> Judgement:
    """Return the judgement of the incident's check on one try."""
    own = tuple(replace(finding, case=case.id) for finding in findings)
    check = INCIDENT.shows.check
    return Judgement(
        check=check, case=case.id, opportunities=opportunities, findings=own, unknown=unknown, required=True
    )


RUN_DIRECTORY = Path("run")
SAME = FOUND[0]
OTHER = replace(SAME, symptom="lost effect", happened="it is gone")
PINNED = replace(INCIDENT, shows=replace(INCIDENT.shows, fingerprint=SAME.fingerprint))


@pytest.mark.parametrize(
    ("judgements", "came", "told"),
    [
        ((said(CASES[0]), said(CASES[1])), Came.MENDED, f"{SAME.check} holds in 2 tries"),
        ((said(CASES[0]), said(CASES[1], SAME)), Came.FAILING, f"{SAME.happened} in try 2 of 2"),
        (
            (said(CASES[0]), said(CASES[1], OTHER)),
            Came.OTHERWISE,
            f"not what it was taken for, but lost effect ({SAME.check}): it is gone",
        ),
        (
            (said(CASES[0]), said(CASES[1], opportunities=0)),
            Came.UNSHOWN,
            (
                f"{SAME.check}: had no chance to fail in kept/2: nothing was seen of what it judges "
                f"({checks()[SAME.check].doc.rstrip('.')})"
            ),
        ),
        (
            (said(CASES[0]), said(CASES[1], unknown=("held up",))),
            Came.UNSHOWN,
            f"{SAME.check}: held up in kept/2",
        ),
    ],
    ids=["mended", "failing", "otherwise", "no chance", "held up"],
)
def test_what_became_of_an_incident(judgements: tuple[Judgement, ...], came: Came, told: str) -> None:
    """Once seen is failing; mended is only what every try has shown."""
    assert came_to((PINNED,), shown(*judgements)) == (Replayed(incident=PINNED, came=came, told=told),)


def test_a_reason_is_that_of_the_incident_itself() -> None:
    """Not that of another one whose name begins alike."""
    cases = tuple(
        replace(case, id=f"{name}/1", scenario=name) for case, name in zip(CASES, ("kept", "kept-1"), strict=True)
    )
    plan = replace(PLAN, cases=cases, omissions=())
    seen = (said(cases[0], unknown=("held up",)), said(cases[1], SAME))
    report = build(
        replace(RUN, scenarios=()), plan, seen, {case.id: ended(case) for case in cases}, decide(plan, seen), ()
    )
    (came,) = came_to((replace(PINNED, tries=1),), report)
    assert (came.came, came.told) == (Came.UNSHOWN, f"{SAME.check}: held up in kept/1")


def test_what_only_some_tries_have_shown_is_not_mended() -> None:
    """A race that did not show the first time may show the next."""
    plan, seen = replace(PLAN, cases=CASES[:1], omissions=()), (said(CASES[0]),)
    report = build(replace(RUN, scenarios=()), plan, seen, {CASES[0].id: ended(CASES[0])}, decide(plan, seen), ())
    told = "the run did not come to each of its tries"
    assert came_to((PINNED,), report) == (Replayed(incident=PINNED, came=Came.UNSHOWN, told=told),)


@pytest.mark.parametrize(
    ("came", "ended", "code"),
    [
        ((Came.MENDED, Came.MENDED), True, Exit.PASS),
        ((Came.MENDED, Came.UNSHOWN), True, Exit.UNKNOWN),
        ((Came.UNSHOWN, Came.OTHERWISE), True, Exit.FAIL),
        ((Came.FAILING, Came.MENDED), True, Exit.FAIL),
        ((), True, Exit.UNKNOWN),
        ((Came.MENDED,), False, Exit.INTERRUPTED),
    ],
)
def test_the_worst_of_all_is_the_exit_code(came: tuple[Came, ...], ended: bool, code: Exit) -> None:
    """Failing over not shown over mended; what was cut short says so."""
    outcome = Outcome(directory=RUN_DIRECTORY, report=shown(), exit=Exit.INTERRUPTED)
    seen = tuple(Replayed(incident=INCIDENT, came=each, told="") for each in came)
    assert replayed(outcome, seen, ended=ended).exit == code
