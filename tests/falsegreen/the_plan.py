"""Plans that ask for nothing, and plans whose cases nobody can judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from harness.model.cases import Case, Family, Omission, Plan
from tests.falsegreen.bench import BOOK, CONFIGURATION, LEDGER
from tests.falsegreen.ways import Way, bench

UNCALLED = replace(
    CONFIGURATION,
    dependencies=(replace(LEDGER, name="mailer", env="MAILER_URL"),),
    operations=(replace(BOOK, effect=None),),
)
NONE = "no case was planned, so nothing was shown"


def _cases(change: Callable[[Case], Case | None]) -> Callable[[Plan], Plan]:
    def edited(plan: Plan) -> Plan:
        return replace(plan, cases=tuple(case for case in map(change, plan.cases) if case is not None))

    return edited


def _clean_only(case: Case) -> Case | None:
    return case if case.family is Family.REFERENCE else None


def _without_clean(case: Case) -> Case | None:
    return None if case.family is Family.REFERENCE else case


def _asks(check: str) -> Callable[[Case], Case]:
    return lambda case: case if case.family is Family.REFERENCE else replace(case, checks=(*case.checks, check))


def _left_out(plan: Plan) -> Plan:
    omission = Omission(entry="D15", scenario="s", operation="book", reason="one worker only", required=True)
    return replace(plan, omissions=(omission,))


def _nothing_to_do(case: Case) -> Case:
    return case if case.family is Family.REFERENCE else replace(case, steps=(), checks=())


WAYS = (
    Way(
        name="a configuration without any operation",
        act=bench(configuration=replace(CONFIGURATION, operations=())),
        told=(NONE,),
    ),
    Way(
        name="an operation without an identity, asked about duplicates: not one case applies",
        act=bench(configuration=replace(CONFIGURATION, operations=(replace(BOOK, event=()),))),
        told=(
            f"{NONE}: D01 for book: the operation declares no event identity, so no two requests are the same event",
        ),
    ),
    Way(
        name="a service without dependencies, asked about their failures: not one case applies",
        act=bench(
            configuration=replace(CONFIGURATION, dependencies=(), operations=(replace(BOOK, effect=None),)),
            scenarios={Family.TIMEOUT: ("T23",)},
        ),
        told=(f"{NONE}: T23 for book: no call to a dependency is declared",),
    ),
    Way(
        name="faults at a call that the operation never makes: not one case is left after its clean runs",
        act=bench(configuration=UNCALLED, scenarios={Family.TIMEOUT: ("T23",)}),
        told=(
            (
                "nothing but reference runs was planned, so nothing was shown: T23 for book: clean runs of book "
                "never call mailer POST /entries"
            ),
        ),
    ),
    Way(
        name="entries that need exact bytes on a wire, at a target that has none",
        act=bench(scenarios={Family.MALFORMED: ("MW22",)}),
        told=(f"{NONE}: MW22 for book: the target cannot be sent exact bytes: it has no socket of its own",),
    ),
    Way(
        name="a load for a target that serves one request at a time",
        act=bench(scenarios={Family.LOAD: ("L01",)}),
        told=(
            (
                f"{NONE}: L01 for book: load needs a server on a socket that serves several connections at once, and the "
                "target has none"
            ),
        ),
    ),
    Way(
        name="an entry that was asked for and cannot be shown, beside one that can",
        act=bench(edited=_left_out),
        told=("D15 for book was asked for and could not be shown: one worker only",),
    ),
    Way(
        name="nothing but clean runs",
        act=bench(edited=_cases(_clean_only)),
        told=("nothing but reference runs was planned, so nothing was shown",),
    ),
    Way(
        name="no clean run to compare with",
        act=bench(edited=_cases(_without_clean)),
        told=("baseline-holds: no clean run of book was made in D01/book/1",),
    ),
    Way(
        name="a check that is asked for and that nobody wrote",
        act=bench(edited=_cases(_asks("never-written"))),
        told=("never-written: no check is called 'never-written' in D01/book/1",),
    ),
    Way(
        name="a check that is asked for and does not look at this kind of trouble",
        act=bench(edited=_cases(_asks("calls-bounded"))),
        told=("calls-bounded: the check 'calls-bounded' does not judge the family duplicate-event in D01/book/1",),
    ),
    Way(
        name="a check that is asked for and has no chance to fail",
        act=bench(edited=_cases(_asks("retry-completes"))),
        told=(
            (
                "retry-completes: had no chance to fail in D01/book/1: nothing was seen of what it judges (The same event, "
                "sent again once the trouble is over, is accepted and answered as in a clean run)"
            ),
        ),
    ),
    Way(
        name="cases without a single step",
        act=bench(edited=_cases(_nothing_to_do)),
        told=(
            (
                "carried-out: had no chance to fail in D01/book/1: nothing was seen of what it judges (Every planned message "
                "was sent, every fault struck, the case came to rest, no process died)"
            ),
        ),
    ),
)
