"""The verdict of a run: fail over unknown over pass, and nothing shown is unknown."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Case, Family, Omission, Plan
from harness.model.judgements import Finding, Judgement
from harness.model.verdicts import Blame, Severity, Verdict
from harness.verdict import CUT_SHORT, Group, RunVerdict, decide
from tests.checks.scenes import exchange, found, scope

UNSEEN = (
    "nothing was seen of what it judges (After the fault a fresh request is accepted within the bound and answered as in "
    "a clean run)"
)

BIG = replace(scope(Family.DUPLICATE, exchange("a", 0), exchange("b", 50)).case, id="D/big")
SMALL = replace(scope(Family.DUPLICATE, exchange("a", 0)).case, id="D/small")
DOUBLED = found(
    "one-effect-per-event", symptom="doubled effect", severity=Severity.CRITICAL, happened="h", expected="e", why="w"
)


def _plan(*cases: Case, omissions: tuple[Omission, ...] = ()) -> Plan:
    return Plan(seed=1, cases=cases, omissions=omissions)


def _said(case: Case, *findings: Finding, check: str = "one-effect-per-event", **more: object) -> Judgement:
    usual: dict[str, object] = {"opportunities": 1, "check": check, "case": case.id, "findings": findings}
    return Judgement(**{**usual, **more})  # type: ignore[arg-type]


def test_a_run_in_which_everything_held_passes() -> None:
    """Every case judged, nothing found, nothing unknown: a pass without a reason to give."""
    assert decide(_plan(SMALL, BIG), (_said(SMALL), _said(BIG))) == RunVerdict(verdict=Verdict.PASS)


def test_a_run_that_was_cut_short_is_no_pass() -> None:
    """A signal after the last case leaves nothing unsaid, and yet the run did not end by itself."""
    assert decide(_plan(SMALL), (_said(SMALL),), ended=False) == RunVerdict(
        verdict=Verdict.UNKNOWN, reasons=(CUT_SHORT,)
    )


def test_one_defect_is_one_group_with_its_smallest_case() -> None:
    """The same defect in two cases is told once, by the smaller case, with both as witnesses in the plan's order."""
    big, small = replace(DOUBLED, case=BIG.id), replace(DOUBLED, case=SMALL.id)
    assert decide(_plan(BIG, SMALL), (_said(BIG, big), _said(SMALL, small))) == RunVerdict(
        verdict=Verdict.FAIL,
        reasons=("book: doubled effect (some trouble; one-effect-per-event, critical) in D/big and 1 more",),
        groups=(Group(fingerprint=DOUBLED.fingerprint, finding=small, witnesses=(BIG.id, SMALL.id)),),
    )


def test_a_finding_that_is_merely_the_servers_does_not_fail_the_gate() -> None:
    """What the bare server does too, without reaching the application's data, is told and passes."""
    servers = replace(DOUBLED, case=SMALL.id, severity=Severity.MAJOR, blame=Blame.SERVER, reached_data=False)
    group = Group(fingerprint=servers.fingerprint, finding=servers, witnesses=(SMALL.id,))
    assert decide(_plan(SMALL), (_said(SMALL, servers),)) == RunVerdict(verdict=Verdict.PASS, groups=(group,))


def test_the_same_reason_is_said_once() -> None:
    """One cause of not knowing is one sentence, with the checks and cases that gave it."""
    reason = ("it never fired",)
    said = (
        _said(SMALL, unknown=reason, opportunities=0),
        _said(SMALL, unknown=reason, opportunities=0, check="recovers"),
        _said(BIG, unknown=reason, opportunities=0),
    )
    assert decide(_plan(SMALL, BIG), said).reasons == (
        "no check of the service had a chance to fail, so nothing was shown",
        "one-effect-per-event, recovers: it never fired in D/small and 1 more",
    )


def test_a_required_check_without_a_chance_is_unknown() -> None:
    """What had to be shown and had no chance to fail is no pass, even beside checks that held."""
    said = (_said(SMALL), _said(SMALL, check="recovers", opportunities=0, required=True))
    assert decide(_plan(SMALL), said) == RunVerdict(
        verdict=Verdict.UNKNOWN, reasons=(f"recovers: had no chance to fail in D/small: {UNSEEN}",)
    )


def test_a_case_in_which_no_check_had_a_chance_is_unknown() -> None:
    """A case that was carried out and that nobody judged is no pass, though every other case was."""
    said = (_said(SMALL), _said(BIG, check="carried-out"), _said(BIG, opportunities=0))
    assert decide(_plan(SMALL, BIG), said) == RunVerdict(
        verdict=Verdict.UNKNOWN,
        reasons=("no check of the service had a chance to fail in D/big: nothing was shown there",),
    )


def test_what_a_finding_leaves_no_chance_to_see_is_no_reason() -> None:
    """In a case that fails the gate a check without a chance is no news; other cases and other reasons are still told."""
    small = replace(DOUBLED, case=SMALL.id)
    advice = replace(DOUBLED, case=BIG.id, severity=Severity.MINOR)
    said = (
        _said(SMALL, small),
        _said(SMALL, check="recovers", opportunities=0, required=True),
        _said(SMALL, check="retry-completes", opportunities=0, required=True, unknown=("no clean run",)),
        _said(BIG, advice),
        _said(BIG, check="recovers", opportunities=0, required=True),
    )
    decided = decide(_plan(SMALL, BIG), said)
    assert (decided.verdict, decided.reasons) == (
        Verdict.FAIL,
        (
            "book: doubled effect (some trouble; one-effect-per-event, critical) in D/small and 1 more",
            "retry-completes: no clean run in D/small",
            f"recovers: had no chance to fail in D/big: {UNSEEN}",
        ),
    )


def test_a_fail_outweighs_an_unknown() -> None:
    """A run with a finding fails; what it could not know is said as well, after the finding."""
    small = replace(DOUBLED, case=SMALL.id)
    decided = decide(_plan(SMALL, BIG), (_said(SMALL, small),))
    assert (decided.verdict, decided.reasons) == (
        Verdict.FAIL,
        (
            "book: doubled effect (some trouble; one-effect-per-event, critical) in D/small",
            "1 of 2 planned cases were not judged in D/big",
        ),
    )


def test_a_run_that_showed_nothing_is_unknown() -> None:
    """No case, only clean runs, only judgements of the experiment itself: never a pass."""
    clean = replace(SMALL, family=Family.REFERENCE)
    nothing = "so nothing was shown"
    assert decide(_plan(), ()) == RunVerdict(verdict=Verdict.UNKNOWN, reasons=(f"no case was planned, {nothing}",))
    left_out = Omission(entry="T01", scenario="s", operation="book", reason="it calls no dependency")
    assert decide(_plan(omissions=(left_out, left_out)), ()).reasons == (
        f"no case was planned, {nothing}: T01 for book: it calls no dependency and 1 more",
    )
    assert decide(_plan(clean), (_said(clean),)).reasons == (f"nothing but reference runs was planned, {nothing}",)
    assert decide(_plan(SMALL), (_said(SMALL, check="carried-out"),)) == RunVerdict(
        verdict=Verdict.UNKNOWN, reasons=(f"no check of the service had a chance to fail, {nothing}",)
    )


def test_a_required_omission_is_unknown_and_another_is_not() -> None:
    """An entry that was asked for and cannot be shown makes the run unknown; what does not apply is neutral."""
    asked = Omission(entry="D15", scenario="s", operation="book", reason="one worker only", required=True)
    other = replace(asked, required=False)
    assert decide(_plan(SMALL, omissions=(asked,)), (_said(SMALL),)) == RunVerdict(
        verdict=Verdict.UNKNOWN, reasons=("D15 for book was asked for and could not be shown: one worker only",)
    )
    assert decide(_plan(SMALL, omissions=(other,)), (_said(SMALL),)) == RunVerdict(verdict=Verdict.PASS)
    many = tuple(replace(asked, entry=f"D0{n}") for n in range(1, 6))
    assert decide(_plan(SMALL, omissions=many), (_said(SMALL),)).reasons == (
        "D01, D02, D03 and 2 more entries for book were asked for and could not be shown: one worker only",
    )
