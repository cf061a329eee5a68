"""Checks of the experiment itself: was it carried out, and was everything well before the trouble."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Family
from harness.model.faults import Fault
from harness.model.judgements import Judgement
from harness.model.scope import Reference, Stall
from harness.model.steps import Arm, Clear, Load, Phase, Recover, Send, Settle, Together
from harness.model.verdicts import Severity
from tests.checks.scenes import (
    ACCEPTED,
    KIND,
    MS,
    SOUND,
    VALID,
    answer,
    at_the_ledger,
    call,
    exchange,
    fault,
    found,
    holds,
    judged,
    not_known,
    scope,
)

FAULT = Fault(id="f", dependency="ledger", kind="no-answer", call="POST /entries")
SEND = Send(label="fault-1", phase=Phase.FAULT, operation="book", message=VALID, event=1)
STEPS = (Arm(fault=FAULT), SEND, Clear(fault="f"), Settle())
TROUBLED = replace(scope(Family.TIMEOUT, exchange("fault-1", 10), steps=STEPS), faults=(fault(armed=5, cleared=30),))
BASELINE = scope(Family.TIMEOUT, exchange("baseline-1", 0, phase=Phase.BASELINE, expect=ACCEPTED))


def test_a_case_that_was_carried_out_holds() -> None:
    """Each planned act is a chance: all sends sent, the fault fired, the case at rest."""
    assert judged("carried-out", TROUBLED) == holds("carried-out", 4)


def test_a_fault_that_never_fired_is_unknown() -> None:
    """It is named with its dependency and its call, and how many calls came while it was armed."""
    calls = (call(1, 2), call(2, 12), call(3, 40))
    where = replace(TROUBLED, faults=(fault(armed=5, cleared=30, fired=0),), calls=calls)
    assert judged("carried-out", where) == not_known(
        "carried-out",
        "the fault 'f' (no-answer at ledger, POST /entries) never fired: "
        "it was to strike from call 1 on and 1 came while it was armed",
        opportunities=4,
    )


def test_a_fault_that_was_never_armed_is_unknown() -> None:
    """A planned fault that no double knows of has shown nothing."""
    reason = "the fault 'f' (no-answer at ledger, POST /entries) was never armed"
    assert judged("carried-out", replace(TROUBLED, faults=())) == not_known("carried-out", reason, opportunities=4)


def test_what_was_not_done_is_unknown() -> None:
    """A case that broke off, never came to rest, or left acts out says each of it."""
    load = Load(label="load", operation="book", message=VALID, rate=1, seconds=1)
    together = Together(sends=(replace(SEND, label="copy-1"), replace(SEND, label="copy-2")))
    steps = (SEND, together, Recover(label="recover", operation="book", message=VALID, event=9), load)
    open_ended = replace(exchange("copy-1", 0), answer=None)
    where = replace(scope(Family.TIMEOUT, open_ended, steps=steps), finished=False, unsettled="1 call(s) at ledger")
    assert judged("carried-out", where) == not_known(
        "carried-out",
        "the case has no end: the history breaks off",
        "the case did not come to rest: 1 call(s) at ledger",
        "'fault-1' was planned and never sent",
        "'copy-2' was planned and never sent",
        "'copy-1' has no recorded end",
        "the recovery 'recover' was planned and never tried",
        "the load 'load' never ran",
        opportunities=5,
    )
    assert judged("carried-out", replace(where, started=False)).unknown == ("the case never began",)
    assert judged("carried-out", replace(TROUBLED, trouble="no control")).unknown == (
        "the case was not carried out: no control",
    )


def test_a_machine_that_kept_the_service_from_coming_to_rest_is_named() -> None:
    """Then another attempt may tell; where the machine was calm none would, and the sentence does not blame it."""
    crowded = (Stall(at=60_000 * MS, worst=0.001, window=60.0, others=0.9),)
    where = replace(TROUBLED, unsettled="1 call(s) at ledger", gave_up=9_000 * MS)
    told = "other processes took 90% of the machine's processors at that moment (90% at most)"
    seen = [judged("carried-out", replace(where, stalls=stalls)) for stalls in (SOUND, crowded)]
    assert [(judgement.unknown, judgement.disturbed) for judgement in seen] == [
        (("the case did not come to rest: 1 call(s) at ledger",), False),
        ((f"the case did not come to rest: 1 call(s) at ledger, but {told}",), True),
    ]


def test_a_wait_for_rest_that_never_ended_is_unknown() -> None:
    """Without it nobody knows what was still under way when the next message went out."""
    reason = "1 of 1 waits for the service to come to rest have no recorded end"
    assert judged("carried-out", replace(TROUBLED, settles=0)) == not_known("carried-out", reason, opportunities=4)


def test_a_case_that_outlived_the_control_of_timing_is_unknown() -> None:
    """A control that died leaves no time to be believed, those that were good included."""
    reason = "the control of timing ended before the case did: how long things really took was not watched"
    assert judged("carried-out", replace(TROUBLED, timed=False)) == not_known("carried-out", reason, opportunities=4)


def test_a_clock_that_was_set_back_is_told() -> None:
    """Nothing ends before it is sent: a time from such a history is none."""
    back = replace(TROUBLED.exchanges[0], done=0)
    reason = "'fault-1' ended before it was sent: the clock of the history was set back"
    assert judged("carried-out", replace(TROUBLED, exchanges=(back,))) == not_known(
        "carried-out", reason, opportunities=4
    )


def test_a_death_is_a_finding() -> None:
    """A process that died during the case is a finding, not an excuse."""
    died = judged("carried-out", replace(TROUBLED, died=1))
    assert died == Judgement(
        check="carried-out",
        case="X1/book/1",
        opportunities=4,
        findings=(
            found(
                "carried-out",
                symptom="process died",
                severity=Severity.MAJOR,
                happened="the service died during the case (1 time)",
                expected="no message and no dependency can end a process of the service",
                why="everything that the process was working on is lost with it, and clients see resets",
                exchanges=(11,),
            ),
        ),
    )
    lost = judged("carried-out", replace(TROUBLED, lost_workers=2))
    assert [(f.symptom, f.happened) for f in lost.findings] == [
        ("worker lost", "a worker process of the service died during the case (2 times)")
    ]


def test_a_baseline_like_the_clean_run_holds() -> None:
    """Answer, calls and effects of the baseline are those of the reference: one chance for each, and for it."""
    where = at_the_ledger(BASELINE, call(1, 5))
    assert judged("baseline-holds", where) == holds("baseline-holds", 2)


def test_a_baseline_that_fails_makes_the_case_unknown() -> None:
    """Another answer, other calls, other effects: each is told, and none is a finding."""
    refused = scope(Family.TIMEOUT, exchange("baseline-1", 0, answer(503), phase=Phase.BASELINE, expect=ACCEPTED))
    assert judged("baseline-holds", refused) == not_known(
        "baseline-holds",
        """the baseline fails: 'baseline-1' was answered 503 {"title": "no", "status": 503}""",
        opportunities=2,
    )
    other = exchange("baseline-1", 0, answer(201, {"id": "b", "seats": 3}), phase=Phase.BASELINE, expect=ACCEPTED)
    assert judged("baseline-holds", scope(Family.TIMEOUT, other)) == not_known(
        "baseline-holds",
        "the baseline fails: 'baseline-1': /seats is 3 instead of 2",
        f"the baseline fails: 'baseline-1' caused these calls: none instead of 1 x {KIND}",
        f"the baseline fails: 'baseline-1' caused these effects: none instead of 1 x {KIND}",
        opportunities=2,
    )


def test_a_baseline_of_another_message_than_the_example_is_answered_otherwise() -> None:
    """A clean run says nothing of its answer; that it is accepted, its calls and effects are judged all the same."""
    other = exchange("baseline-1", 0, answer(201, {"id": "b", "seats": 3}), phase=Phase.BASELINE, expect=ACCEPTED)
    assert other.planned is not None
    altered = replace(other, planned=replace(other.planned, altered=True))
    where = at_the_ledger(scope(Family.DUPLICATE, altered), call(1, 5))
    assert judged("baseline-holds", where) == holds("baseline-holds", 2)


def test_what_a_later_repeat_does_is_not_the_baselines() -> None:
    """A doubled effect of a repeat is for its own check: the baseline ends with the next message."""
    first = exchange("first", 0, phase=Phase.BASELINE, expect=ACCEPTED)
    where = at_the_ledger(scope(Family.DUPLICATE, first, exchange("second", 50)), call(1, 5), call(2, 55))
    assert judged("baseline-holds", where) == holds("baseline-holds", 2)


def test_no_reference_is_unknown() -> None:
    """Without a clean run, or with clean runs that disagree, there is nothing to compare with."""
    assert judged("baseline-holds", replace(BASELINE, references={})) == not_known(
        "baseline-holds", "no clean run of book was made"
    )
    troubled = {"book": Reference(operation="book", runs=3, trouble="book: clean runs differ")}
    assert judged("baseline-holds", replace(BASELINE, references=troubled)) == not_known(
        "baseline-holds", "there is no reference: book: clean runs differ", opportunities=1
    )
