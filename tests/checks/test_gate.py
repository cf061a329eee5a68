"""What the gate counts: the severity asked for, waivers, the baseline; and how often a finding is seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.model.cases import Case, Family, Omission, Plan
from harness.model.gates import Baseline, Gate, KnownFinding, Notice, Ratio, Standing, Waiver
from harness.model.judgements import Finding, Judgement
from harness.model.verdicts import Blame, Force, Severity, Verdict
from harness.verdict import (
    Updated,
    answers_alone,
    decide,
    held,
    notices,
    only_again,
    updated,
    with_ratios,
    worth_rerunning,
)
from tests.checks.scenes import exchange, found, scope

DAY = "2026-11-28"
CHECK = "one-effect-per-event"
CASE = replace(scope(Family.DUPLICATE, exchange("a", 0)).case, id="D01/book/1", entry="D01")
OTHER = replace(CASE, id="D02/book/1", entry="D02")
PLAN = Plan(seed=1, cases=(CASE, OTHER))
DOUBLED = replace(
    found(CHECK, symptom="doubled effect", severity=Severity.CRITICAL, happened="h", expected="e", why="w"),
    case=CASE.id,
    entry=CASE.entry,
)
PRINT = DOUBLED.fingerprint
WAIVER = Waiver(
    fingerprint=PRINT, reason="LED-12", until=DAY, entry="D01", operation="book", file="waivers.yaml", line=3
)
KNOWN = KnownFinding(
    fingerprint=PRINT,
    check=CHECK,
    severity=Severity.CRITICAL,
    operation="book",
    trouble="some trouble",
    symptom="doubled effect",
    entry="D01",
    title=CASE.title,
    cases=(CASE.id,),
    first_seen="2026-10-01",
)
BASELINE = Baseline(findings=(KNOWN,))


def said(case: Case, *findings: Finding, check: str = CHECK, **more: object) -> Judgement:
    """Return a judgement of ``case`` with one opportunity."""
    usual: dict[str, object] = {"opportunities": 1, "check": check, "case": case.id, "findings": findings}
    return Judgement(**{**usual, **more})  # type: ignore[arg-type]


FOUND = (said(CASE, DOUBLED), said(OTHER))
CLEAN = (said(CASE), said(OTHER))


@pytest.mark.parametrize(
    ("fail_on", "failing"),
    [
        (Severity.CRITICAL, ("critical",)),
        (Severity.MAJOR, ("critical", "major")),
        (Severity.MINOR, ("critical", "major", "minor")),
        (Severity.NOTE, ("critical", "major", "minor", "note")),
    ],
)
def test_the_gate_fails_from_the_severity_asked_for(fail_on: Severity, failing: tuple[str, ...]) -> None:
    """What is less than asked for is advice; neither advice by force nor what is merely the server's ever fails."""
    findings = [replace(DOUBLED, severity=severity) for severity in Severity]
    (judgement,) = held([said(CASE, *findings)], Gate(fail_on=fail_on), DAY)
    assert tuple(finding.severity for finding in judgement.findings if finding.fails_gate) == failing
    never = (
        replace(DOUBLED, force=Force.SHOULD),
        replace(DOUBLED, force=Force.POLICY),
        replace(DOUBLED, blame=Blame.SERVER, reached_data=False),
    )
    (judgement,) = held([said(CASE, *never)], Gate(fail_on=fail_on), DAY)
    assert [finding.reaches_gate for finding in judgement.findings] == [False, False, False]


@pytest.mark.parametrize(
    ("gate", "standing", "verdict"),
    [
        (Gate(), Standing.NEW, Verdict.FAIL),
        (Gate(waivers=(WAIVER,)), Standing.WAIVED, Verdict.PASS),
        (Gate(waivers=(replace(WAIVER, until="2026-11-27"),)), Standing.NEW, Verdict.FAIL),
        (Gate(waivers=(replace(WAIVER, fingerprint="0" * 12),)), Standing.NEW, Verdict.FAIL),
        (Gate(baseline=BASELINE), Standing.KNOWN, Verdict.PASS),
        (Gate(waivers=(WAIVER,), baseline=BASELINE), Standing.WAIVED, Verdict.PASS),
        (Gate(waivers=(replace(WAIVER, until="2026-11-27"),), baseline=BASELINE), Standing.KNOWN, Verdict.PASS),
    ],
    ids=["nothing", "waived to its last day", "expired", "of another", "known", "both", "expired and known"],
)
def test_only_a_new_finding_fails_the_gate(gate: Gate, standing: Standing, verdict: Verdict) -> None:
    """A waiver counts to its last day, a baseline for ever; what is not counted stays a finding with its evidence."""
    judgements = held(FOUND, gate, DAY)
    decided = decide(PLAN, judgements)
    assert (decided.verdict, [(g.finding, g.witnesses) for g in decided.groups]) == (
        verdict,
        [(replace(DOUBLED, standing=standing), (CASE.id,))],
    )


def test_a_waiver_never_hides_what_could_not_be_known() -> None:
    """A check that could not know stays unknown in a waived case, and one without a chance in any other case."""
    gate = Gate(waivers=(WAIVER,))
    unknown = said(CASE, check="another", opportunities=0, required=True, unknown=("never sent",))
    idle = said(OTHER, check="another", opportunities=0, required=True)
    for more, reason in ((unknown, "never sent"), (idle, "had no chance to fail")):
        decided = decide(PLAN, held((*FOUND, more), gate, DAY))
        assert (decided.verdict, decided.reasons) == (Verdict.UNKNOWN, (f"another: {reason} in {more.case}",))


def test_what_a_waived_finding_leaves_no_chance_to_see_is_said() -> None:
    """An accepted message shows no refusal: the run is not unknown for it, and says so."""
    gate = Gate(waivers=(WAIVER,))
    judgements = held((*FOUND, said(CASE, check="recovers", opportunities=0, required=True)), gate, DAY)
    assert decide(PLAN, judgements).verdict is Verdict.PASS
    assert notices(gate, DAY, PLAN, judgements, whole=True) == (
        Notice(
            kind="no-chance",
            text="recovers had no chance to fail beside a finding that is not counted in D01/book/1",
        ),
    )


def test_an_expired_waiver_is_said() -> None:
    """Whether or not its finding is still there, a waiver past its last day waives nothing and is told so."""
    gate = Gate(waivers=(replace(WAIVER, until="2026-11-27"),))
    for judgements in (FOUND, CLEAN):
        assert notices(gate, DAY, PLAN, held(judgements, gate, DAY), whole=True) == (
            Notice(
                kind="expired",
                fingerprint=PRINT,
                text=f"the waiver of {PRINT} (waivers.yaml:3) ended with 2026-11-27 and waives nothing any more: LED-12",
            ),
        )


UNUSED = Notice(
    kind="unused",
    fingerprint=PRINT,
    text=f"the waiver of {PRINT} (waivers.yaml:3) matches nothing, though D01 of book ran: take it out",
)
VAGUE = replace(UNUSED, text=UNUSED.text.replace("D01 of book ran", "every entry of these scenarios ran"))
BLIND = (said(CASE, unknown=("busy",), opportunities=0), said(OTHER))


@pytest.mark.parametrize(
    ("waiver", "judgements", "whole", "told"),
    [
        (WAIVER, CLEAN, False, (UNUSED,)),
        (WAIVER, FOUND, True, ()),
        (WAIVER, BLIND, True, ()),
        (WAIVER, CLEAN[1:], False, ()),
        (replace(WAIVER, entry="D09"), CLEAN, False, ()),
        (replace(WAIVER, entry="", operation=""), CLEAN, True, (VAGUE,)),
        (replace(WAIVER, entry="", operation=""), CLEAN, False, ()),
        (replace(WAIVER, entry="", operation=""), BLIND, True, ()),
    ],
    ids=["unused", "used", "unknown", "not judged", "not run", "vague", "vague and narrowed", "vague and unknown"],
)
def test_an_unused_waiver_is_said_where_the_run_looked(
    waiver: Waiver, judgements: tuple[Judgement, ...], whole: bool, told: tuple[Notice, ...]
) -> None:
    """Only a run that covered what the waiver is about can call it unused."""
    gate = Gate(waivers=(waiver,))
    assert notices(gate, DAY, PLAN, held(judgements, gate, DAY), whole=whole) == told


MENDED = Notice(
    kind="mended",
    fingerprint=PRINT,
    text=(
        f"mended: book: doubled effect (some trouble; {CHECK}) is in the baseline and was not seen, though its cases ran; "
        "'harness baseline update' takes it out"
    ),
)


@pytest.mark.parametrize(
    ("known", "judgements", "told"),
    [
        (KNOWN, CLEAN, (MENDED,)),
        (KNOWN, FOUND, ()),
        (KNOWN, BLIND, ()),
        (KNOWN, CLEAN[1:], ()),
        (KNOWN, (said(CASE, opportunities=0), said(OTHER)), ()),
        (replace(KNOWN, cases=(CASE.id, "D01/book/9")), CLEAN, ()),
    ],
    ids=["mended", "seen", "unknown", "not judged", "no chance", "one case did not run"],
)
def test_mended_is_what_was_looked_for_and_not_seen(
    known: KnownFinding, judgements: tuple[Judgement, ...], told: tuple[Notice, ...]
) -> None:
    """A run that did not carry out every case of a known finding cannot call it mended."""
    gate = Gate(baseline=Baseline(findings=(known,)))
    assert notices(gate, DAY, PLAN, held(judgements, gate, DAY), whole=False) == told


def test_a_waiver_is_not_unused_where_cases_were_left_out() -> None:
    """What was asked for and could not be planned, or is left to another profile, was not looked for."""
    usual: dict[str, Any] = {"entry": "D01", "scenario": "s", "operation": "book", "reason": "r"}
    vague = replace(WAIVER, entry="", operation="")
    for left in (Omission(**usual, required=True), Omission(**usual, deferred=3)):
        for waiver in (WAIVER, vague):
            gate = Gate(waivers=(waiver,))
            assert notices(gate, DAY, replace(PLAN, omissions=(left,)), held(CLEAN, gate, DAY), whole=True) == ()
    gate = Gate(waivers=(WAIVER,))
    left = Omission(**usual)
    assert notices(gate, DAY, replace(PLAN, omissions=(left,)), held(CLEAN, gate, DAY), whole=True) == (UNUSED,)


NEW = replace(KNOWN, first_seen=DAY, title=CASE.title)


@pytest.mark.parametrize(
    ("old", "gate", "judgements", "after"),
    [
        (Baseline(), Gate(), FOUND, Updated(baseline=Baseline(findings=(NEW,)), new=1, kept=0, mended=0)),
        (BASELINE, Gate(), FOUND, Updated(baseline=BASELINE, new=0, kept=1, mended=0)),
        (BASELINE, Gate(), CLEAN, Updated(baseline=Baseline(), new=0, kept=0, mended=1)),
        (BASELINE, Gate(), CLEAN[1:], Updated(baseline=BASELINE, new=0, kept=1, mended=0)),
        (Baseline(), Gate(waivers=(WAIVER,)), FOUND, Updated(baseline=Baseline(), new=0, kept=0, mended=0)),
        (
            Baseline(),
            Gate(fail_on=Severity.CRITICAL),
            (said(CASE, replace(DOUBLED, severity=Severity.MAJOR)),),
            Updated(baseline=Baseline(), new=0, kept=0, mended=0),
        ),
    ],
    ids=["new", "kept since its first day", "mended", "not looked for", "waived", "advice"],
)
def test_a_baseline_is_brought_up_to_date(
    old: Baseline, gate: Gate, judgements: tuple[Judgement, ...], after: Updated
) -> None:
    """What reaches the gate comes in, what is mended goes, what was not looked for stays; a waiver is not outlived."""
    assert updated(old, gate, DAY, PLAN, judgements) == after


def test_a_case_more_is_added_to_what_is_known() -> None:
    """A known finding that another case shows as well is mended only when neither shows it."""
    elsewhere = said(OTHER, replace(DOUBLED, case=OTHER.id, entry=OTHER.entry))
    after = updated(BASELINE, Gate(), DAY, PLAN, (said(CASE), elsewhere))
    assert after.baseline == Baseline(
        findings=(replace(KNOWN, entry="D02", cases=(CASE.id, OTHER.id), title=OTHER.title),)
    )


SEEN, MISSED = (said(CASE, DOUBLED),), (said(CASE),)
IDLE = (said(CASE, opportunities=0),)
BUSY = (said(CASE, unknown=("busy",)),)


@pytest.mark.parametrize(
    ("again", "ratio"),
    [
        ((SEEN, SEEN), Ratio(seen=3, of=3)),
        ((MISSED, MISSED), Ratio(seen=1, of=3)),
        ((MISSED, IDLE), Ratio(seen=1, of=2)),
        ((SEEN, BUSY), Ratio(seen=2, of=2)),
        ((BUSY, IDLE), None),
        ((), None),
    ],
    ids=["always", "once", "one had no chance", "one could not know", "none could tell", "not carried out again"],
)
def test_a_ratio_counts_what_could_tell(again: tuple[tuple[Judgement, ...], ...], ratio: Ratio | None) -> None:
    """The first time counts, and every rerun whose check had a chance; the finding stays whatever they show."""
    groups = decide(PLAN, FOUND).groups
    assert with_ratios(groups, {CASE.id: again}) == tuple(replace(group, ratio=ratio) for group in groups)


def test_what_only_a_rerun_shows_is_said() -> None:
    """A race may show itself otherwise the second time: that is told, once, and advice is not."""
    other = replace(DOUBLED, symptom="lost effect", happened="none came")
    advice = replace(DOUBLED, symptom="odd", severity=Severity.NOTE)
    again = {CASE.id: ((said(CASE, other, advice),), (said(CASE, DOUBLED, other),))}
    assert tuple(only_again(decide(PLAN, FOUND).groups, again)) == (
        Notice(
            kind="again",
            fingerprint=other.fingerprint,
            text=f"carried out again, D01/book/1 showed lost effect as well ({CHECK}, critical): none came",
        ),
    )


def test_the_worst_findings_are_carried_out_again_a_case_once() -> None:
    """Only what fails the gate, ten findings at most, and two findings of one case share its reruns."""
    elsewhere = replace(DOUBLED, case=OTHER.id, symptom="lost effect", severity=Severity.MAJOR)
    judgements = (said(CASE, DOUBLED, replace(DOUBLED, symptom="odd")), said(OTHER, elsewhere))
    assert worth_rerunning(PLAN, judgements) == (CASE, OTHER)
    assert worth_rerunning(PLAN, held(judgements, Gate(fail_on=Severity.CRITICAL), DAY)) == (CASE,)
    many = tuple(replace(DOUBLED, symptom=f"odd {number}") for number in range(10))
    assert worth_rerunning(PLAN, (said(CASE, *many), said(OTHER, elsewhere))) == (CASE,)


def test_a_run_that_saw_no_effect_says_that_it_judged_by_answers_alone() -> None:
    """What is doubled or lost behind a dependency that nobody declared is not seen, and nobody has to guess that."""
    seeing = replace(scope(Family.DUPLICATE, exchange("a", 0)), attempt=1)
    (reference,) = seeing.references.values()
    blind = replace(seeing, references={"book": replace(reference, effects={})})
    clean = replace(blind, case=replace(blind.case, family=Family.REFERENCE))
    unlearned = replace(blind, references={"book": replace(reference, effects={}, trouble="not accepted")})
    scopes = ([seeing], [blind, seeing], [blind], [clean], [unlearned], [replace(blind, attempt=0)])
    assert [[notice.kind for notice in answers_alone(each)] for each in scopes] == [
        [],
        [],
        ["answers-alone"],
        [],
        [],
        [],
    ]
