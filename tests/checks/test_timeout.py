"""Checks of failing dependencies: declared failures, true successes, bounded calls, and a way back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.cases import Family
from harness.model.judgements import Judgement
from harness.model.messages import Answer, Silence
from harness.model.scope import Exchange, Probe, Scope
from harness.model.services import Call, EffectKind
from harness.model.steps import Expectation, Expected, Phase, Recover, Settle
from harness.model.verdicts import Blame, Force, Severity
from tests.checks.scenes import (
    ACCEPTED,
    CONFIGURATION,
    ENTRIES,
    HELD_UP,
    KIND,
    MS,
    REFERENCE,
    VALID,
    answer,
    at_the_ledger,
    call,
    effect,
    effects,
    exchange,
    fault,
    found,
    holds,
    identity,
    judged,
    not_known,
    scope,
    symptoms,
)

FAMILY = Family.TIMEOUT
BASELINE = exchange("baseline-1", 0, phase=Phase.BASELINE, expect=ACCEPTED)
FAILED = exchange("fault-1", 100, answer(503), event=2)
RETRY = exchange("retry", 300, event=2, phase=Phase.RECOVERY, expect=ACCEPTED)
TRIED = exchange("recover-1", 200, event=100, phase=Phase.RECOVERY, planned=False)
STEP = Recover(label="recover", operation="book", message=VALID, event=100)


def _case(*exchanges: Exchange) -> Scope:
    """Return a case with one fault that struck between 90 and 190 ms, and the effects of all but the struck call."""
    planned = [step for e in exchanges if e.planned for step in (e.planned, Settle())]
    calls = (call(1, 5), call(2, 105), call(3, 205), call(4, 305))
    where = scope(FAMILY, *exchanges, steps=(*planned[:4], STEP, Settle(), *planned[4:]))
    struck = (fault(armed=90, cleared=190),)
    return replace(where, calls=calls, effects=effects(calls[0], calls[2], calls[3]), faults=struck)


CLEAN = _case(BASELINE, FAILED, TRIED, RETRY)


def _answered(what: Answer) -> Scope:
    return _case(BASELINE, replace(FAILED, answer=what), TRIED, RETRY)


def test_a_clean_case_holds() -> None:
    """A declared failure, a recovery and a retry that completes: every check had its chances and held."""
    chances = {
        "failure-is-declared": 1,
        "success-means-effect": 4,
        "retry-completes": 1,
        "calls-bounded": 4,
        "recovers": 1,
        "one-effect-per-event": 3,
        "same-answer-for-a-duplicate": 1,
        "watched-routes-stay-fast": 0,
        "late-answer-dropped": 0,
    }
    for check, opportunities in chances.items():
        assert judged(check, CLEAN) == holds(check, opportunities)


def test_a_bare_500_is_found() -> None:
    """A failure that the operation does not declare is major and says under which fault."""
    assert judged("failure-is-declared", _answered(answer(500))) == Judgement(
        check="failure-is-declared",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "failure-is-declared",
                symptom="500",
                severity=Severity.MAJOR,
                blame=Blame.CLIENT,
                happened="under no-answer at ledger, "
                """'fault-1' was answered 500 {"title": "no", "status": 500}""",
                expected="2xx with the effect done, or 502 or 503 or 504",
                why="an unforeseen error: nobody can tell whether it was done, whether to ask again, or whom to wake",
                exchanges=(101,),
            ),
        ),
    )


def test_a_dependencys_fault_is_not_the_callers() -> None:
    """4xx under a fault blames the caller: major. A repeat may be told to wait."""
    (found_,) = judged("failure-is-declared", _answered(answer(400))).findings
    assert (found_.symptom, found_.why) == (
        "400",
        "the caller is blamed for what a dependency did, and will not ask again",
    )
    waiting = exchange("fault-2", 150, answer(409), event=2)
    assert judged("failure-is-declared", _case(BASELINE, FAILED, waiting, TRIED, RETRY)) == holds(
        "failure-is-declared", 2
    )


def test_without_a_fault_that_struck_nothing_is_declared() -> None:
    """A fault that never fired gives no chance."""
    calm = replace(_answered(answer(500)), faults=(fault(armed=90, cleared=190, fired=0),))
    assert judged("failure-is-declared", calm) == holds("failure-is-declared", 0)


def test_a_refusal_of_what_nobody_knows_to_be_legal_may_be_right() -> None:
    """Unless the service had called for it: then it had taken it for legal, and blames the caller for the dependency."""
    unsure = Expectation(expected=Expected.EITHER, owing=False)
    refused = scope(FAMILY, exchange("fault-1", 100, answer(422), event=2, expect=unsure))
    struck = replace(refused, faults=(fault(armed=90, cleared=190),))
    assert judged("failure-is-declared", struck) == holds("failure-is-declared", 1)
    called = replace(struck, calls=(call(1, 105),))
    assert list(symptoms(judged("failure-is-declared", called))) == ["422"]


def test_a_success_of_which_no_clean_run_tells_is_believed_unless_the_service_tried() -> None:
    """Whether such a message has an effect nobody knows; that its call was made and failed shows that it has one."""
    unsure = Expectation(expected=Expected.EITHER, owing=False)
    alone = scope(FAMILY, exchange("fault-1", 100, answer(201), event=2, expect=unsure))
    assert judged("success-means-effect", alone) == holds("success-means-effect", 0)
    tried = replace(alone, calls=(call(1, 105),))
    assert list(symptoms(judged("success-means-effect", tried))) == ["success without effect"]


@pytest.mark.parametrize("check", ["degraded-says-so", "late-answer-dropped"])
def test_what_is_not_the_operation_s_example_is_held_against_no_clean_run(check: str) -> None:
    """Another message rightly has another answer."""
    other = exchange("fault-1", 100, answer(201, {"id": "b-7", "seats": 9}), event=2)
    planned = other.planned
    assert planned is not None
    late = (fault("late", armed=90, cleared=190, asked=0.5),)
    judgements = [
        judged(check, replace(at_the_ledger(scope(FAMILY, each), call(1, 95)), faults=late))
        for each in (other, replace(other, planned=replace(planned, altered=True)))
    ]
    assert [bool(judgement.findings) for judgement in judgements] == [True, False]


def test_success_without_effect_is_found() -> None:
    """2xx while the ledger knows of nothing is critical."""
    alone = scope(FAMILY, BASELINE, replace(FAILED, answer=answer(201)))
    lying = at_the_ledger(alone, call(1, 5))
    assert judged("success-means-effect", lying) == Judgement(
        check="success-means-effect",
        case="X1/book/1",
        opportunities=2,
        findings=(
            found(
                "success-means-effect",
                symptom="success without effect",
                severity=Severity.CRITICAL,
                call=KIND,
                happened="""'fault-1' was answered 201 {"id": "b-1", "seats": 2}, """
                f"and {KIND} never took effect for it",
                expected="2xx only where the effect is done by the end of the case; else a declared failure",
                why="the caller was told that it is done, so nobody will ever do it",
                exchanges=(101,),
            ),
        ),
    )
    reconciled = replace(lying, calls=(call(1, 5), call(2, 105)), effects=(effect(1), effect(2, new=False)))
    assert judged("success-means-effect", reconciled) == holds("success-means-effect", 2)


def test_what_comes_under_a_fault_is_blamed_on_the_client_to_the_dependency() -> None:
    """From the moment that a fault that struck was armed: a hang, a success that is none. Before, on the application."""
    lying = replace(CLEAN, exchanges=(BASELINE, replace(FAILED, answer=answer(201))), effects=(effect(1),))
    assert [f.blame for f in judged("success-means-effect", lying).findings] == [Blame.CLIENT]
    early = replace(lying, faults=(fault(armed=500, cleared=600),))
    assert [f.blame for f in judged("success-means-effect", early).findings] == [Blame.APPLICATION]
    hung = _case(BASELINE, exchange("fault-1", 100, Silence.TIMEOUT, event=2, took=6000), TRIED, RETRY)
    assert [(f.symptom, f.blame, f.fails_gate) for f in judged("answer-in-time", hung).findings] == [
        ("hang", Blame.CLIENT, True)
    ]
    missed = replace(hung, faults=(fault(armed=90, cleared=190, fired=0),))
    assert [f.blame for f in judged("answer-in-time", missed).findings] == [Blame.APPLICATION]


def test_success_is_not_known_before_the_case_rests() -> None:
    """An effect may still come: unknown. A failure that was declared might have been a lie, no answer could not."""
    restless = replace(scope(FAMILY, BASELINE), unsettled="1 call(s) at ledger")
    reason = "effects may still come, the case did not come to rest: 1 call(s) at ledger"
    assert judged("success-means-effect", restless) == not_known("success-means-effect", reason, opportunities=1)
    assert judged("success-means-effect", scope(FAMILY, FAILED)) == holds("success-means-effect", 1)
    silent = exchange("fault-1", 100, Silence.TIMEOUT, event=2)
    assert judged("success-means-effect", scope(FAMILY, silent)) == holds("success-means-effect", 0)


def test_a_retry_that_does_not_complete_is_found() -> None:
    """Refused after the trouble is major and shows the first try, too; another answer likewise."""
    refused = replace(RETRY, answer=answer(409))
    assert judged("retry-completes", _case(BASELINE, FAILED, TRIED, refused)) == Judgement(
        check="retry-completes",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "retry-completes",
                symptom="retry not accepted",
                severity=Severity.MAJOR,
                happened="the trouble was over and the same event was sent again: "
                """'retry' was answered 409 {"title": "no", "status": 409}""",
                expected="the retry is accepted and answered as in a clean run",
                why="the event can never be completed under its own identity; a new identity risks doing it twice",
                exchanges=(101, 301),
            ),
        ),
    )
    changed = replace(RETRY, answer=answer(201, {"id": "b", "seats": 0}))
    assert list(symptoms(judged("retry-completes", _case(BASELINE, FAILED, TRIED, changed)))) == ["different answer"]


def test_a_lost_effect_that_the_operation_does_not_declare_is_advice() -> None:
    """A second dependency may be best effort: its loss is told and does not fail the gate."""
    reference = replace(REFERENCE, effects={KIND: 1, "mail POST /mails": 1})
    mailless = replace(CLEAN, references={"book": reference})
    findings = judged("success-means-effect", mailless).findings
    assert [(f.call, f.force, f.fails_gate) for f in findings] == [("mail POST /mails", Force.SHOULD, False)]
    assert findings[0].expected.endswith("(or declare mail POST /mails as 'effect: none', if losing it is meant)")


def test_where_nobody_can_know_whether_it_was_done_a_refusal_is_right() -> None:
    """A call without a key that ended without an answer may not be made again; one that was answered may."""
    refused = replace(RETRY, answer=answer(409))
    unkeyed = replace(
        CONFIGURATION,
        dependencies=(replace(CONFIGURATION.dependencies[0], calls=(Call(route=ENTRIES, effect=EffectKind.UNKEYED),)),),
    )
    lost = at_the_ledger(_case(BASELINE, FAILED, TRIED, refused), call(7, 105, identity(FAILED.event), status=0))
    told = at_the_ledger(_case(BASELINE, FAILED, TRIED, refused), call(7, 105, identity(FAILED.event), status=400))
    assert judged("retry-completes", replace(lost, configuration=unkeyed)) == holds("retry-completes", 1)
    assert list(symptoms(judged("retry-completes", lost))) == ["retry not accepted"]
    assert list(symptoms(judged("retry-completes", replace(told, configuration=unkeyed)))) == ["retry not accepted"]


def test_a_retry_without_a_first_or_a_reference_shows_nothing() -> None:
    """A fresh event is no retry; without a clean run the answer cannot be judged."""
    assert judged("retry-completes", scope(FAMILY, RETRY)) == holds("retry-completes", 0)
    reason = "there is no clean run to compare the retry with"
    assert judged("retry-completes", replace(CLEAN, references={})) == not_known("retry-completes", reason)


def test_a_storm_of_retries_is_found() -> None:
    """More calls than declared, or than five, for one request are major and the client's fault."""
    storm = replace(CLEAN, calls=tuple(call(n, 100 + n) for n in range(1, 7)))
    assert judged("calls-bounded", storm) == Judgement(
        check="calls-bounded",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "calls-bounded",
                symptom="retry storm",
                severity=Severity.MAJOR,
                call="ledger",
                blame=Blame.CLIENT,
                happened="'fault-1' cost ledger 6 calls",
                expected="at most 5 calls to one dependency for one request",
                why="a dependency in trouble is called many times as often as a healthy one, and cannot recover",
                exchanges=(101,),
            ),
        ),
    )
    (operation,) = CLEAN.configuration.operations
    generous = replace(CLEAN.configuration, operations=(replace(operation, most_calls=6),))
    assert judged("calls-bounded", replace(storm, configuration=generous)) == holds("calls-bounded", 1)


def test_calls_of_nobody_are_not_known() -> None:
    """A call that no request was at work for cannot be judged; without calls there is no chance."""
    both = scope(FAMILY, FAILED, exchange("fault-2", 101, event=3), settled=False)
    assert judged("calls-bounded", replace(both, calls=(call(1, 50),))) == not_known(
        "calls-bounded", "1 call(s) to ledger cannot be traced to one request"
    )
    assert judged("calls-bounded", both) == holds("calls-bounded", 0)


def test_calls_of_one_of_several_are_bounded_by_what_all_may_cost() -> None:
    """Nothing tells the calls of two requests at work apart: ten of them are within what both may cost, eleven are not."""
    both = scope(FAMILY, FAILED, exchange("fault-2", 101, event=3), settled=False)
    ten = tuple(call(n, 105) for n in range(1, 11))
    assert judged("calls-bounded", replace(both, calls=ten)) == holds("calls-bounded", 1)
    (storm,) = judged("calls-bounded", replace(both, calls=(*ten, call(11, 105)))).findings
    assert (storm.symptom, storm.happened) == ("retry storm", "'fault-1' cost ledger 11 calls")
    assert storm.expected == "at most 10 calls to one dependency for one request"


def test_copies_released_together_share_their_bound() -> None:
    """Which of the copies made a call is not known, so they have the bound of all of them."""
    copies = tuple(exchange(f"copy-{n}", 0, number=n, group="copy-1") for n in (1, 2))
    where = scope(FAMILY, *copies, settled=False)
    for calls, expected in ((10, []), (11, ["retry storm"])):
        crowded = replace(where, calls=tuple(call(n, 5) for n in range(calls)))
        assert list(symptoms(judged("calls-bounded", crowded))) == expected


def test_a_service_that_stays_down_is_found() -> None:
    """No fresh request accepted within the bound is major."""
    down = _case(BASELINE, FAILED, replace(TRIED, answer=answer(503)), RETRY)
    assert judged("recovers", down) == Judgement(
        check="recovers",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "recovers",
                symptom="no recovery",
                severity=Severity.MAJOR,
                blame=Blame.CLIENT,
                happened="after the fault 1 tries in 2 s failed; the last: "
                """'recover-1' was answered 503 {"title": "no", "status": 503}""",
                expected="a fresh request is accepted within 2 s of the end of the fault",
                why="a short trouble of a dependency becomes a long one of the service, until somebody restarts it",
                exchanges=(201,),
            ),
        ),
    )
    held = "whether it recovers cannot be judged: the harness itself was held up for 1.500 s at that moment"
    assert judged("recovers", replace(down, stalls=HELD_UP)) == not_known("recovers", held, disturbed=True)


def test_a_recovery_is_compared_with_the_clean_run() -> None:
    """Some try accepted and equal holds, whatever the first ones were; another answer is major."""
    second = replace(TRIED, label="recover-2", number=250, sent=250 * MS, done=260 * MS)
    late = _case(BASELINE, FAILED, replace(TRIED, answer=answer(503)), second, RETRY)
    assert judged("recovers", late) == holds("recovers", 1)
    changed = _case(BASELINE, FAILED, replace(TRIED, answer=answer(201, {"id": "b", "seats": 0})), RETRY)
    assert symptoms(judged("recovers", changed)) == {
        "different answer": ("major must", "client to a dependency", (201,))
    }


def test_a_recovery_that_was_not_tried_shows_nothing() -> None:
    """Without a try there is no chance; without a clean run the answer cannot be judged."""
    assert judged("recovers", scope(FAMILY, BASELINE)) == holds("recovers", 0)
    reason = "there is no clean run to compare the recovery with"
    assert judged("recovers", replace(CLEAN, references={})) == not_known("recovers", reason)


def _probe(at: int, took: float = 0.01, status: int = 200) -> Probe:
    return Probe(route="GET /healthz", status=status, sent=at * MS, took=took)


def _watched(*probes: Probe) -> Scope:
    return replace(CLEAN, probes=(_probe(50), *probes))


def test_watched_routes_that_stay_fast_hold() -> None:
    """Only probes during the fault are chances; a second, or ten times the usual, may always be taken."""
    assert judged("watched-routes-stay-fast", _watched(_probe(120), _probe(150, 0.99), _probe(500, 9.0))) == holds(
        "watched-routes-stay-fast", 2
    )
    slow_before = replace(CLEAN, probes=(_probe(-500, 0.5), _probe(150, 4.9)))
    assert judged("watched-routes-stay-fast", slow_before) == holds("watched-routes-stay-fast", 1)


def test_a_watched_route_that_the_fault_takes_down_is_found() -> None:
    """Slow, failing, or silent while a dependency fails: major, named by its route."""
    assert judged("watched-routes-stay-fast", _watched(_probe(120, 1.5))) == Judgement(
        check="watched-routes-stay-fast",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "watched-routes-stay-fast",
                symptom="GET /healthz: slow",
                severity=Severity.MAJOR,
                happened="under no-answer at ledger, GET /healthz was answered 200 after 1.50 s",
                expected="2xx within 1 s: the route needs no dependency",
                why="one failing dependency takes the whole service down: it is taken out of rotation or restarted",
                exchanges=(201, 301),
            ),
        ),
    )
    for probe, symptom in ((_probe(120, 0.01, 503), "503"), (_probe(120, 3.0, 0), "no answer")):
        assert list(symptoms(judged("watched-routes-stay-fast", _watched(probe)))) == [f"GET /healthz: {symptom}"]


def test_a_slow_probe_while_the_harness_was_held_up_is_not_known() -> None:
    """A time decides only where the clock control was sound."""
    held = replace(_watched(_probe(120, 1.5)), stalls=HELD_UP)
    assert judged("watched-routes-stay-fast", held) == not_known(
        "watched-routes-stay-fast",
        "a probe of GET /healthz that took 1.50 s cannot be judged: "
        "the harness itself was held up for 1.500 s at that moment",
        disturbed=True,
    )


@pytest.mark.parametrize(("status", "came"), [(404, "answered 404"), (0, "got no answer")])
def test_a_route_that_was_not_well_before_the_fault_is_a_mistake_of_the_configuration(status: int, came: str) -> None:
    """What it answers during the fault is never a finding, and no chance either."""
    sick = replace(CLEAN, probes=(_probe(50, 0.01, status), _probe(120, 0.01, status), _probe(130)))
    assert judged("watched-routes-stay-fast", sick) == not_known(
        "watched-routes-stay-fast",
        f"the watched route GET /healthz {came} before the fault: `watch` is for routes that always answer 2xx",
    )


def test_a_route_that_hung_already_when_the_fault_came_is_a_mistake_of_the_configuration() -> None:
    """A first probe that the fault overtakes tells nothing of it, unless the route was well before."""
    hung = (_probe(50, 2.0, 0), _probe(2060, 2.0, 0))
    faults = tuple(replace(one, cleared=3_000 * MS) for one in CLEAN.faults)
    never = judged("watched-routes-stay-fast", replace(CLEAN, probes=hung, faults=faults))
    later = judged("watched-routes-stay-fast", replace(CLEAN, probes=(_probe(20), *hung), faults=faults))
    assert (never.findings, never.opportunities, len(never.unknown)) == ((), 0, 1)
    assert list(symptoms(later)) == ["GET /healthz: no answer"]


def test_a_probe_that_the_machine_swallowed_before_the_fault_is_no_mistake() -> None:
    """Silence while the harness was held up says nothing of the route: the case is to be carried out again."""
    swallowed = replace(CLEAN, probes=(_probe(50, 0.01, 0), _probe(120)), stalls=HELD_UP)
    assert judged("watched-routes-stay-fast", swallowed) == not_known(
        "watched-routes-stay-fast",
        "a probe of GET /healthz before the fault got no answer: "
        "the harness itself was held up for 1.500 s at that moment",
        disturbed=True,
    )


LATE = replace(CLEAN, faults=(fault("late", armed=90, cleared=190, fired=2, asked=2.5),))


def test_fresh_events_after_a_late_answer_hold() -> None:
    """Each fresh event accepted after the delayed call is a chance; retries are judged elsewhere."""
    struck = replace(LATE, faults=(replace(LATE.faults[0], firings=LATE.faults[0].firings[1:]),))
    assert judged("late-answer-dropped", struck) == holds("late-answer-dropped", 1)


def test_an_answer_of_another_call_is_found() -> None:
    """An answer that is not its own, or one without its own effect, is critical and the client's fault."""
    firing = LATE.faults[0].firings[1:]
    alien = replace(TRIED, answer=answer(201, {"id": "b", "seats": 9}))
    where = replace(_case(BASELINE, FAILED, alien, RETRY), faults=(replace(LATE.faults[0], firings=firing),))
    assert judged("late-answer-dropped", where) == Judgement(
        check="late-answer-dropped",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "late-answer-dropped",
                symptom="answer of another call",
                severity=Severity.CRITICAL,
                blame=Blame.CLIENT,
                happened="after a call of an earlier request was answered late, "
                "'recover-1' was answered otherwise than in a clean run: /seats is 9 instead of 2",
                expected="each request is answered from its own call; an answer that comes too late is thrown away",
                why="one caller gets what belongs to another, and every request after it may be off by one",
                exchanges=(201,),
            ),
        ),
    )
    without = replace(where, exchanges=CLEAN.exchanges, effects=effects(call(1, 5), call(4, 305)))
    assert [f.call for f in judged("late-answer-dropped", without).findings] == [KIND]


def test_a_hang_under_a_fault_is_for_one_check() -> None:
    """Silence under a fault is told by ``answer-in-time`` alone: one defect, one finding."""
    silent = _case(BASELINE, replace(FAILED, answer=None, silence=Silence.TIMEOUT, done=3100 * MS), TRIED, RETRY)
    assert list(symptoms(judged("answer-in-time", silent))) == ["hang"]
    assert judged("failure-is-declared", silent) == holds("failure-is-declared", 0)
