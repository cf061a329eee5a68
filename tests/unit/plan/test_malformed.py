"""Malformation entries to cases: what is planned, what is not and why, and that a plan stays the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from harness.model.cases import Case, Family, Instance, Isolation, Omission, Plan
from harness.model.codec import from_json, to_json
from harness.model.errors import HarnessBug
from harness.model.messages import Ending, Wire, placeholder
from harness.model.scenarios import Entry, Scenario
from harness.model.services import Configuration, Operation, OperationContract, Route, Server, Service
from harness.model.steps import Expectation, Expected, Phase, Send, Settle
from harness.model.verdicts import Force
from harness.mutations.registry import catalogue
from harness.plan.contracts import valid_request
from harness.plan.malformed import plan_malformed
from tests.unit.mutations.examples import BARE, CONTRACT, OPERATION

CONFIGURATION = Configuration(
    file="harness.yaml",
    service=Service(server=Server.GUNICORN, app="a:b", ready=Route(method="GET", path="/healthz")),
    operations=(OPERATION, BARE),
)
CONTRACTS: Mapping[str, OperationContract] = {"order": CONTRACT}


def _planned(
    *entries: str, operations: tuple[str, ...] = (), wire: bool = True, seed: int = 1
) -> tuple[tuple[Case, ...], tuple[Omission, ...]]:
    asked = tuple(Entry(id=entry) for entry in entries or catalogue())
    scenario = Scenario(name="bad", file="bad.yaml", family=Family.MALFORMED, operations=operations, entries=asked)
    return plan_malformed(scenario, CONFIGURATION, CONTRACTS, wire=wire, seed=seed)


def _first_send(case: Case) -> Send:
    return case.sends()[0]


def test_a_case_is_the_trouble_and_a_valid_request_after_it() -> None:
    """One whole case: each message settles, the second is a fresh event and must be accepted."""
    (case,), omissions = _planned("MH02")
    rule = catalogue()["MH02"].rule
    accepted = Expectation(expected=Expected.ACCEPTED, rule="A valid request is accepted, whatever came before it.")
    trouble, after = _first_send(case), valid_request(OPERATION, 2)
    assert omissions == ()
    assert trouble.expect is not None
    assert (trouble.expect.rule, trouble.message) == (
        rule,
        replace(valid_request(OPERATION), headers=(("Idempotency-Key", placeholder(1)),)),
    )
    assert case == Case(
        id="MH02/order/none",
        entry="MH02",
        family=Family.MALFORMED,
        scenario="bad",
        operation="order",
        title="no Content-Type: none",
        trouble="no-content-type",
        steps=(
            Send(
                label="trouble",
                phase=Phase.FAULT,
                operation="order",
                message=trouble.message,
                event=1,
                expect=trouble.expect,
            ),
            Settle(quiet=0.03),
            Send(label="after", phase=Phase.RECOVERY, operation="order", message=after, event=2, expect=accepted),
            Settle(quiet=0.03),
        ),
        checks=("answer-in-time", "no-server-error", "unharmed-after"),
        control=True,
    )


def test_required_checks_are_those_that_surely_get_their_chance() -> None:
    """What may stay unanswered requires no answer's check; two requests on a connection say nothing of effects."""
    refused = ("rejects-malformed", "rejected-means-no-effect")
    wanted = {
        "MS01/order/name": ("answer-in-time", "no-server-error", *refused, "unharmed-after"),
        "MS18/order/required-only": ("answer-in-time", "no-server-error", "accepts-legal", "unharmed-after"),
        "MS04/order/spaces-name": ("answer-in-time", "no-server-error", "unharmed-after"),
        "MW21/order/reset": ("answer-in-time", *refused, "unharmed-after"),
        "MW01/order/no-host": ("answer-in-time", *refused, "unharmed-after"),
        "MW31/order/bad-length": ("answer-in-time", "rejects-malformed", "unharmed-after"),
        "MJ11/order/100000-open-brackets": ("answer-in-time", *refused, "unharmed-after"),
    }
    cases, _ = _planned(*{case.partition("/")[0]: 1 for case in wanted})
    assert {case.id: case.checks for case in cases if case.id in wanted} == wanted


def test_what_the_server_may_answer_by_itself_goes_to_the_control_too() -> None:
    """A fault of the server is told from one of the application where both were asked: framing, method and headers."""
    cases, _ = _planned()
    asked = {case.entry for case in cases if case.control}
    wire = {entry.id for entry in catalogue().values() if entry.layer == "wire"}
    heads = {"MH01", "MH02", "MH03", "MH05", "MH06", "MH07", "MH09", "MH10", "MH11", "MH15", "MH16", "MH20"}
    assert asked == wire | heads
    assert {case.id for case in cases if case.control and case.entry == "MH09"} == {
        "MH09/order/chunked-limit",
        "MH09/order/chunked-limit-plus-1",
    }


def test_silence_ends_because_the_client_leaves() -> None:
    """A server may wait for the rest of a message for long; the case does not."""
    cases, _ = _planned("MW21")
    ends = {case.id.rpartition("/")[2]: (_first_send(case).message, _first_send(case).give_up_after) for case in cases}
    told = {label: (message.ending, left) for label, (message, left) in ends.items() if isinstance(message, Wire)}
    assert told == {
        "fin": (Ending.HALF_CLOSE, None),
        "fin-inside-a-chunk": (Ending.HALF_CLOSE, None),
        "reset": (Ending.RESET, None),
        "silence": (Ending.LISTEN, 1.0),
    }


def test_without_a_wire_its_entries_are_omitted_and_not_held_against_the_run() -> None:
    """A target without sockets gets the rest; what is left out is listed with its reason."""
    cases, omissions = _planned("MW01", "MH09", "MS01", wire=False)
    reason = "the target cannot be sent exact bytes: it has no socket of its own"
    assert [case.entry for case in cases] == ["MH09", "MH09", "MH09", "MS01", "MS01"]
    assert omissions == (
        Omission(entry="MW01", scenario="bad", operation="order", reason=reason),
        Omission(
            entry="MH09", scenario="bad", operation="order", reason=f"chunked-limit, chunked-limit-plus-1: {reason}"
        ),
    )


def test_an_entry_that_does_not_apply_says_what_it_needs() -> None:
    """An operation without a body, asked for by name, gets what it can; each entry without a message is listed."""
    cases, omissions = _planned("MW01", "MS06", "MH16", operations=("bare",))
    assert [case.id for case in cases] == ["MW01/bare/no-host"]
    assert omissions == (
        Omission(
            entry="MS06",
            scenario="bad",
            operation="bare",
            reason="MS06 needs a JSON body with a field that is no boolean",
        ),
        Omission(
            entry="MH16",
            scenario="bad",
            operation="bare",
            reason="MH16 needs an event that is identified by a header",
        ),
    )


def test_a_configured_method_of_the_path_is_not_a_wrong_one() -> None:
    """What the configuration itself sends to a path is served there, whatever the document forgets."""
    put = Operation(name="put", route=Route(method="PUT", path="/orders"), json={})
    configuration = replace(CONFIGURATION, operations=(OPERATION, put))
    scenario = Scenario(
        name="bad", file="", family=Family.MALFORMED, operations=("order",), entries=(Entry(id="MH01"),)
    )
    cases, _ = plan_malformed(scenario, configuration, CONTRACTS, wire=True, seed=1)
    assert [case.id for case in cases] == ["MH01/order/patch", "MH01/order/delete"]


def test_valid_and_invalid_go_by_turns_on_one_worker() -> None:
    """One case of a hundred messages: each a fresh event, every second one valid and due to be as in a clean run."""
    (case,), _ = _planned("MC09")
    sends = case.sends()
    assert (case.id, case.instance) == ("MC09/order/by-turns", Instance(isolation=Isolation.FRESH, workers=1))
    assert [send.event for send in sends] == list(range(1, 101))
    assert len({send.label for send in sends}) == 100
    assert [send.message for send in sends[1::2]] == [valid_request(OPERATION, n) for n in range(2, 101, 2)]
    assert {send.expect.expected for send in sends[::2] if send.expect} == {Expected.REJECTED}
    assert all(placeholder(send.event) in repr(send.message) for send in sends)
    assert len({send.label.rpartition("-")[0] for send in sends[::2]}) > 3


def test_valid_messages_between_bad_ones_go_round_the_operations() -> None:
    """A bad message of one operation may harm another: every operation of the scenario is asked in turn."""
    other = replace(OPERATION, name="other", route=Route(method="POST", path="/others"))
    configuration = replace(CONFIGURATION, operations=(OPERATION, other))
    asked = Scenario(name="bad", file="bad.yaml", family=Family.MALFORMED, entries=(Entry(id="MC09"),))
    cases, _ = plan_malformed(asked, configuration, {"order": CONTRACT, "other": CONTRACT}, wire=True, seed=1)
    assert [[send.operation for send in case.sends()[1:8:2]] for case in cases] == [
        ["order", "other", "order", "other"],
        ["other", "order", "other", "order"],
    ]


def test_a_correction_follows_each_bad_message_under_its_own_key() -> None:
    """Cut off, the whole message is the first of its event; refused, a service may have its own rule for the key."""
    (case,), _ = _planned("MC15")
    sends = case.sends()
    assert (case.id, case.instance) == ("MC15/order/same-key", Instance(isolation=Isolation.FRESH, workers=1))
    assert [send.event for send in sends] == [n for n in range(1, 10) for _ in range(2)]
    assert [send.message for send in sends[1::2]] == [valid_request(OPERATION, n) for n in range(1, 10)]
    forces = [send.expect.force for send in sends[1::2] if send.expect]
    assert forces == [Force.MUST] * 2 + [Force.POLICY] * 7
    assert case.checks == (
        "answer-in-time",
        "no-server-error",
        "rejects-malformed",
        "accepts-legal",
        "correction-not-in-flight",
    )


def test_same_seed_same_plan_and_the_seed_moves_only_what_is_drawn() -> None:
    """A plan is a function of its input; another seed draws other turns and changes nothing else."""
    once, again, other = _planned(seed=7), _planned(seed=7), _planned(seed=8)
    assert once == again
    moved = [a.id for a, b in zip(once[0], other[0], strict=True) if a != b]
    assert moved == [f"{entry}/order/by-turns" for entry in ("MC09", "MC16", "MC17")]


def test_a_plan_survives_its_file() -> None:
    """Every byte of every message comes back from the run directory's JSON."""
    cases, omissions = _planned()
    plan = Plan(seed=1, cases=cases, omissions=omissions)
    assert from_json(Plan, to_json(plan)) == plan


def test_the_volume_stays_sensible() -> None:
    """A few hundred cases with unique ids, no message of more than 200 kB but where size is the fault."""
    cases, _ = _planned()
    first = [(case.entry, _first_send(case).message) for case in cases]
    sizes = [len(m.data if isinstance(m, Wire) else m.body) for entry, m in first if entry != "MW11"]
    assert 400 <= len(cases) <= 560
    assert len({case.id for case in cases}) == len(cases)
    assert max(sizes) <= 210_000


def test_an_entry_that_nobody_wrote_is_a_bug_of_the_harness() -> None:
    """Scenario files are checked before; what slips through is not silently left out."""
    with pytest.raises(HarnessBug, match=r"bad\.yaml: no malformation is called MX99"):
        _planned("MX99")
