"""The plans of duplicates and timeouts: which steps, for whom, and what is left out and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.cases import Case, Family, Omission
from harness.model.faults import Fault
from harness.model.messages import Request, placeholder
from harness.model.scenarios import Entry, Scenario
from harness.model.services import (
    Call,
    Configuration,
    Dependency,
    EffectKind,
    EffectRef,
    Operation,
    OperationContract,
    Route,
    Selector,
    Server,
    Service,
)
from harness.model.steps import Arm, Clear, Phase, ReadBack, Recover, Send, Settle, Together
from harness.model.verdicts import Force
from harness.plan import duplicate, timeout
from harness.plan.choreography import other_body

ENTRIES_ROUTE = Route(method="POST", path="/entries")
OPERATION = Operation(
    name="create",
    route=Route(method="POST", path="/v1/batches"),
    json={"source": "crm", "values": ["alpha", "b"]},
    event=(Selector(place="header", name="Idempotency-Key"),),
    effect=EffectRef(dependency="ledger", route=ENTRIES_ROUTE),
    read=Route(method="GET", path="/v1/batches/{answer.id}"),
)
SCHEMA = {
    "type": "object",
    "required": ["source", "values"],
    "properties": {"source": {"type": "string"}, "values": {"type": "array", "items": {"type": "string"}}},
}
LEDGER = Dependency(name="ledger", env="LEDGER_URL", calls=(Call(route=ENTRIES_ROUTE, effect=EffectKind.UNKEYED),))
CONFIGURATION = Configuration(
    file="harness.yaml",
    service=Service(server=Server.GUNICORN, deadline=2.0),
    dependencies=(LEDGER,),
    operations=(OPERATION,),
)


def _duplicates(
    *entries: str, operation: Operation = OPERATION, several: bool = True
) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    scenario = Scenario(
        name="duplicate", file="f", family=Family.DUPLICATE, entries=tuple(Entry(id=entry) for entry in entries)
    )
    return duplicate.plan_duplicates(
        scenario, replace(CONFIGURATION, operations=(operation,)), {}, several_workers=several
    )


def _timeouts(*entries: Entry, operation: Operation = OPERATION) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    scenario = Scenario(name="timeout", file="f", family=Family.TIMEOUT, entries=entries)
    return timeout.plan_timeouts(scenario, replace(CONFIGURATION, operations=(operation,)))


def _acts(case: Case) -> list[str]:
    return [step.act if not isinstance(step, Send) else f"{step.label}:{step.event}" for step in case.steps]


@pytest.mark.parametrize(
    ("entry", "acts"),
    [
        ("D01", ["first:1", "settle", "second:1", "settle", "third:1", "settle", "read-back"]),
        ("D04", ["first:1", "settle", "other-body:1", "settle", "again:1", "settle"]),
        ("D07", ["no-key:0", "settle", "first:1", "settle", "read-back", "read-back", "settle"]),
        ("D12", ["arm", "first:1", "settle", "clear", "retry:1", "settle", "read-back"]),
        ("D13", ["first:1", "second:1", "settle", "retry:1", "settle", "read-back"]),
        ("D15", ["first:1", "settle", "retry:1", "settle"]),
    ],
)
def test_each_duplicate_is_told_in_its_steps(entry: str, acts: list[str]) -> None:
    """The order of sends, faults and waits is the scenario itself."""
    cases, omissions = _duplicates(entry)
    assert (_acts(cases[0]), omissions) == (acts, ())


def test_the_same_instant_means_one_event_in_every_copy() -> None:
    """D02 sends the same message from 2, 10 and 50 clients, each round a case of its own."""
    cases, _ = _duplicates("D02")
    together = [step for case in cases for step in case.steps if isinstance(step, Together)]
    assert [len(step.sends) for step in together] == [2, 2, 2, 2, 10, 10, 50]
    assert {(send.event, send.message) for step in together for send in step.sends} == {
        (1, cases[0].sends()[0].message)
    }


def test_the_settings_of_an_entry_replace_the_usual_clients_and_rounds() -> None:
    """An author who wants 5 clients twice gets just that."""
    scenario = Scenario(
        name="d", file="f", family=Family.DUPLICATE, entries=(Entry(id="D02", settings={"clients": 5, "rounds": 2}),)
    )
    cases, _ = duplicate.plan_duplicates(scenario, CONFIGURATION, {}, several_workers=True)
    assert [len(case.sends()) for case in cases] == [6, 6]


def test_what_cannot_be_shown_is_left_out_with_its_reason() -> None:
    """No identity, no second worker: an omission that says so, never an empty case."""
    _, no_identity = _duplicates("D01", operation=replace(OPERATION, event=()))
    _, one_worker = _duplicates("D15", several=False)
    assert [omission.reason for omission in (*no_identity, *one_worker)] == [
        "the operation declares no event identity, so no two requests are the same event",
        "the target cannot be made to serve a retry from another of two or more processes",
    ]


def test_another_body_differs_in_one_value_and_keeps_the_key() -> None:
    """D04 changes the first value that can be changed, and nothing of the identity."""
    assert other_body(OPERATION, None, 1) == Request(
        method="POST",
        target="/v1/batches",
        headers=(("Content-Type", "application/json"), ("Idempotency-Key", placeholder(1))),
        body=b'{"source": "crmx", "values": ["alpha", "b"]}',
    )


def test_another_body_is_left_out_where_the_identity_lies_in_it() -> None:
    """An order sent again with another count may be an update: only a key beside the body must refuse it."""
    operation = replace(OPERATION, event=(Selector(place="json", name="/source"),))
    cases, omissions = _duplicates("D04", operation=operation)
    reason = "the identity is part of the JSON body: no rule says that another body under it is refused"
    assert (cases, [omission.reason for omission in omissions]) == ((), [reason])


def test_effects_are_required_only_where_one_is_declared() -> None:
    """A check that can have no chance must not keep a correct service from its pass."""
    (declared,), _ = _duplicates("D01")
    (without,), _ = _duplicates("D01", operation=replace(OPERATION, effect=None))
    assert set(declared.checks) - set(without.checks) == {"one-effect-per-event"}


def test_a_fault_is_told_in_three_phases() -> None:
    """A clean request, requests that meet the fault, then the way back: fresh events, and the failed one again."""
    cases, omissions = _timeouts(Entry(id="T23"))
    (case,) = cases
    fault = Fault(id="503", dependency="ledger", kind="status", call="POST /entries", settings={"code": 503})
    assert (_acts(case), omissions) == (
        [
            "baseline-1:1", "settle", "arm", *(f"fault-{n}:{n + 1}" for n in range(1, 9)), "clear", "settle",
            "recover", "settle", "retry:2", "settle", "read-back",
        ],
        (),
    )  # fmt: skip
    assert [step for step in case.steps if isinstance(step, Arm | Clear)] == [Arm(fault=fault), Clear(fault="503")]
    assert [send.phase for send in case.sends()] == [
        Phase.BASELINE, *[Phase.FAULT] * 8, Phase.RECOVERY,
    ]  # fmt: skip
    assert case.watch


def test_every_entry_of_the_families_makes_cases_with_unique_ids() -> None:
    """All that the families know can be planned, and no two cases share an id."""
    scenario = Scenario(
        name="d", file="f", family=Family.DUPLICATE, entries=tuple(Entry(id=entry) for entry in duplicate.titles())
    )
    both = replace(CONFIGURATION, operations=(OPERATION, replace(OPERATION, name="other")))
    contract = OperationContract(operation="create", body=SCHEMA, body_limit=4096)
    known = {"create": contract, "other": replace(contract, operation="other")}
    duplicates, omissions = duplicate.plan_duplicates(scenario, both, known, several_workers=True, mortal=True)
    ids = [case.id for case in duplicates]
    assert omissions == ()
    assert {case.entry for case in duplicates} == set(duplicate.titles())
    assert len(ids) == len(set(ids))


def test_an_authors_own_fault_is_armed_as_written() -> None:
    """An entry with a fault of its own strikes where the author says."""
    own = Fault(
        id="mine", dependency="ledger", kind="late", call="GET /nothing", first=2, times=1, settings={"delay": 9}
    )
    cases, _ = _timeouts(Entry(id="mine", title="a late read", fault=own))
    assert [case.faults() for case in cases] == [(own,)]
    assert cases[0].title == "a late read (own)"


def test_without_a_declared_call_nothing_can_be_late() -> None:
    """A configuration without dependencies leaves the catalogue's timeouts out, and says why."""
    scenario = Scenario(name="timeout", file="f", family=Family.TIMEOUT, entries=(Entry(id="T01"),))
    cases, omissions = timeout.plan_timeouts(scenario, replace(CONFIGURATION, dependencies=()))
    assert (cases, [o.reason for o in omissions]) == ((), ["no call to a dependency is declared"])


def test_every_declared_call_is_struck_and_the_effect_first() -> None:
    """A second dependency fails like the first; what is not the operation's own effect depends on the clean runs."""
    mail = Dependency(
        name="mail",
        env="MAIL_URL",
        calls=(Call(route=Route(method="POST", path="/mails")), Call(route=Route(method="GET", path="/mails/{id}"))),
    )
    scenario = Scenario(name="timeout", file="f", family=Family.TIMEOUT, entries=(Entry(id="T01"), Entry(id="T02")))
    cases, _ = timeout.plan_timeouts(scenario, replace(CONFIGURATION, dependencies=(mail, LEDGER)))
    assert [(case.id, case.only_if_called, case.faults()[0].dependency, case.faults()[0].call) for case in cases] == [
        ("T01/create/refused", False, "ledger", ""),
        ("T01/create/refused-at-mail", True, "mail", ""),
        ("T02/create/no-answer", False, "ledger", "POST /entries"),
        ("T02/create/no-answer-at-mail-post-mails", True, "mail", "POST /mails"),
        ("T02/create/no-answer-at-mail-get-mails-id", True, "mail", "GET /mails/{id}"),
    ]


def test_without_an_identity_nothing_is_sent_again() -> None:
    """Two requests without an identity are two events: a repeat would rightly have a second effect."""
    cases, _ = _timeouts(Entry(id="T02"), operation=replace(OPERATION, event=()))
    assert [send.label for send in cases[0].sends()] == ["baseline-1", "fault-1"]
    assert "retry-completes" not in cases[0].checks


def test_what_is_read_back_is_read_only_where_a_route_is_declared() -> None:
    """Without a read route no step reads."""
    cases, _ = _timeouts(Entry(id="T02"), operation=replace(OPERATION, read=None))
    assert not any(isinstance(step, ReadBack) for step in cases[0].steps)
    assert any(isinstance(step, Recover) for step in cases[0].steps)
    assert sum(isinstance(step, Settle) for step in cases[0].steps) == 4


@pytest.mark.parametrize(("required", "force"), [(("idempotency-key",), Force.MUST), ((), Force.SHOULD)])
def test_a_missing_key_binds_only_where_the_service_documents_it_as_required(
    required: tuple[str, ...], force: Force
) -> None:
    """What the service never promised cannot fail its gate."""
    contract = OperationContract(operation="create", required_headers=required)
    scenario = Scenario(name="d", file="f", family=Family.DUPLICATE, entries=(Entry(id="D07"),))
    cases, _ = duplicate.plan_duplicates(scenario, CONFIGURATION, {"create": contract}, several_workers=True)
    expect = cases[0].sends()[0].expect
    assert expect is not None
    assert expect.force is force
