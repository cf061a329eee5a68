"""What clean runs rule out leaves the plan, and says why."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case, Family, Omission, Plan
from harness.model.faults import Fault
from harness.model.scope import Reference
from harness.model.steps import Arm
from harness.plan.refined import refined

REFERENCE = Reference(operation="create", runs=3, status=201, calls={"ledger POST /entries": 1})


def _case(name: str, dependency: str = "ledger", call: str = "POST /entries", *, sure: bool = False) -> Case:
    return Case(
        id=name,
        entry="T02",
        family=Family.TIMEOUT,
        scenario="timeout",
        operation="create",
        title="t",
        trouble="late",
        steps=(Arm(fault=Fault(id="f", dependency=dependency, kind="late", call=call)),),
        only_if_called=not sure,
    )


CLEAN = replace(_case("reference/create/1"), family=Family.REFERENCE)


def test_a_call_that_clean_runs_make_is_struck() -> None:
    """At the call itself, and at its whole dependency."""
    plan = Plan(seed=1, cases=(CLEAN, _case("a"), _case("b", call="")))
    assert refined(plan, {"create": REFERENCE}) == plan


def test_a_call_that_clean_runs_never_make_is_not_applicable() -> None:
    """Left out with its place, and not held against the run."""
    plan = Plan(seed=1, cases=(CLEAN, _case("a", "mail", "POST /mails"), _case("b", "mail", "")))
    assert refined(plan, {"create": REFERENCE}) == Plan(
        seed=1,
        cases=(CLEAN,),
        omissions=(
            Omission(
                entry="T02",
                scenario="timeout",
                operation="create",
                reason="clean runs of create never call mail POST /mails",
            ),
            Omission(
                entry="T02", scenario="timeout", operation="create", reason="clean runs of create never call mail"
            ),
        ),
    )


def test_a_case_without_a_fault_is_never_left_out_for_one() -> None:
    """There is nothing that could not strike."""
    plan = Plan(seed=1, cases=(CLEAN, replace(_case("a"), steps=())))
    assert refined(plan, {"create": REFERENCE}) == plan


def test_a_fault_that_the_author_or_the_operation_names_stays() -> None:
    """That it cannot strike then makes the run unknown: it was asked for."""
    plan = Plan(seed=1, cases=(_case("a", "mail", "POST /mails", sure=True),))
    assert refined(plan, {"create": REFERENCE}) == plan


def test_without_a_reference_nothing_can_be_shown_and_the_run_says_so_once() -> None:
    """Every case of the operation goes, one required omission an entry; the clean runs stay."""
    troubled = Reference(operation="create", runs=3, trouble="create: the valid example is not accepted: 503")
    plan = Plan(seed=1, cases=(CLEAN, _case("a", sure=True), _case("b", sure=True)))
    assert refined(plan, {"create": troubled}) == Plan(
        seed=1,
        cases=(CLEAN,),
        omissions=(
            Omission(
                entry="T02",
                scenario="timeout",
                operation="create",
                reason="create: the valid example is not accepted: 503",
                required=True,
            ),
        ),
    )
