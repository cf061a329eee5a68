"""Checks of what goes on beside a failing dependency: bystanders, reads, degraded answers, callers' deadlines, workers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.cases import Family
from harness.model.faults import Fault
from harness.model.judgements import Judgement
from harness.model.messages import Request
from harness.model.scope import Exchange, Reference, Scope, Stall
from harness.model.services import Operation, Route, Selector
from harness.model.steps import Arm, Phase, ReadBack, Recover, Settle
from harness.model.verdicts import Blame, Severity
from tests.checks.scenes import (
    ACCEPTED,
    CONFIGURATION,
    HELD_UP,
    MS,
    REFERENCE,
    VALID,
    answer,
    call,
    effects,
    exchange,
    fault,
    found,
    holds,
    judged,
    not_known,
    scope,
    symptoms,
)

FAMILY = Family.TIMEOUT
BASELINE = exchange("baseline-1", 0, phase=Phase.BASELINE, expect=ACCEPTED)
BOOK = CONFIGURATION.operations[0]
HONEST = replace(BOOK, degraded=Selector(place="json", name="/missing"), deadline_header="X-Left")
LOOK = Operation(name="look", route=Route(method="POST", path="/looks"))
LOOKED = Reference(operation="look", runs=3, status=201, answer={"id": "b-1", "seats": 2}, noise={"/id": "identifier"})


def _with(operation: Operation, *exchanges: Exchange, struck: bool = True) -> Scope:
    """Return a case of ``operation`` in which a fault stood from 90 to 190 ms."""
    where = scope(FAMILY, *exchanges)
    return replace(
        where,
        configuration=replace(CONFIGURATION, operations=(operation, LOOK)),
        references={"book": REFERENCE, "look": LOOKED},
        faults=(fault(armed=90, cleared=190, fired=int(struck)),),
    )


# degraded-says-so

MISSING = {"id": "b-1", "missing": "late"}
SILENT = {"id": "b-1"}


@pytest.mark.parametrize("body", [{"id": "b-1", "seats": 2}, MISSING, {**MISSING, "seats": 2}])
def test_an_answer_that_is_whole_or_says_what_is_missing_holds(body: object) -> None:
    """The answer of a clean run, or another that says at the declared place that a part is missing."""
    where = _with(HONEST, BASELINE, exchange("fault-1", 100, answer(201, body), event=2))
    assert judged("degraded-says-so", where) == holds("degraded-says-so", 1)


def test_an_answer_that_hides_what_is_missing_is_found() -> None:
    """Another answer than in a clean run that says nothing of it is major; where no place is declared it is advice."""
    silent = exchange("fault-1", 100, answer(201, SILENT), event=2)
    assert judged("degraded-says-so", _with(HONEST, BASELINE, silent)) == Judgement(
        check="degraded-says-so",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "degraded-says-so",
                symptom="degraded without saying so",
                severity=Severity.MAJOR,
                blame=Blame.CLIENT,
                happened="under no-answer at ledger, 'fault-1' was accepted and answered otherwise than in a clean run: "
                "/seats is missing",
                expected="the answer of a clean run, or one that says what is missing at json:/missing",
                why="the caller takes what is missing for what is true, keeps it, and acts on it long after the trouble",
                exchanges=(101,),
            ),
        ),
    )
    (advice,) = judged("degraded-says-so", _with(BOOK, BASELINE, silent)).findings
    assert (advice.fails_gate, advice.expected[-40:]) == (False, "missing (declare where it does: 'degraded')"[-40:])


def test_only_a_first_answer_under_a_fault_that_struck_can_be_degraded() -> None:
    """A repeat is given what was given before; without a strike there is no chance."""
    silent = exchange("fault-1", 100, answer(201, SILENT), event=1)
    assert judged("degraded-says-so", _with(HONEST, BASELINE, silent)) == holds("degraded-says-so", 0)
    calm = _with(HONEST, BASELINE, replace(silent, event=2), struck=False)
    assert judged("degraded-says-so", calm) == holds("degraded-says-so", 0)


@pytest.mark.parametrize("check", ["retry-completes", "same-answer-for-a-duplicate", "late-answer-dropped"])
def test_a_degraded_answer_that_says_so_is_no_other_answer(check: str) -> None:
    """An event that was answered without a part keeps that answer, and no check takes it for another's."""
    failed = exchange("fault-1", 100, answer(503), event=2)
    retry = exchange("retry", 300, answer(201, MISSING), event=2, phase=Phase.RECOVERY, expect=ACCEPTED)
    beside = exchange("fault-2", 150, answer(201, MISSING), event=3)
    late = fault("late", armed=90, cleared=190, asked=1.0)
    calls = (call(1, 5), call(2, 105), call(3, 155), call(4, 305))
    where = replace(
        _with(HONEST, BASELINE, failed, beside, retry), faults=(late,), calls=calls, effects=effects(*calls)
    )
    assert judged(check, where).findings == ()


def test_a_retry_is_given_what_was_accepted_in_the_trouble() -> None:
    """An event accepted under the fault is answered the same again, which a clean run need not be."""
    first = exchange("fault-1", 100, answer(201, SILENT), event=2)
    retry = exchange("retry", 300, answer(201, SILENT), event=2, phase=Phase.RECOVERY, expect=ACCEPTED)
    assert judged("retry-completes", _with(BOOK, BASELINE, first, retry)) == holds("retry-completes", 1)


# bystanders-unharmed


def _beside(what: Exchange) -> Scope:
    return _with(BOOK, BASELINE, exchange("fault-1", 100, answer(503), event=2), replace(what, operation="look"))


def test_a_bystander_is_answered_as_in_a_clean_run() -> None:
    """What calls no failing dependency has a chance to be harmed; what calls it, or comes later, has none."""
    assert judged("bystanders-unharmed", _beside(exchange("beside-1", 120, event=3))) == holds("bystanders-unharmed", 1)
    later = exchange("beside-1", 250, answer(503), event=3)
    assert judged("bystanders-unharmed", _beside(later)) == holds("bystanders-unharmed", 0)


def test_a_bystander_that_is_refused_is_found() -> None:
    """The failure of a dependency reaches what never needed it: major, named by the operation."""
    assert judged("bystanders-unharmed", _beside(exchange("beside-1", 120, answer(503), event=3))) == Judgement(
        check="bystanders-unharmed",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "bystanders-unharmed",
                symptom="look: refused",
                severity=Severity.MAJOR,
                blame=Blame.CLIENT,
                happened='under no-answer at ledger, \'beside-1\' was answered 503 {"title": "no", "status": 503}',
                expected="look calls nothing that fails here: it is answered as in a clean run",
                why="the failure of one dependency takes down what never needed it",
                exchanges=(121,),
            ),
        ),
    )
    other = exchange("beside-1", 120, answer(201, {"id": "b"}), event=3)
    assert list(symptoms(judged("bystanders-unharmed", _beside(other)))) == ["look: different answer"]


def test_a_refusal_on_a_machine_that_was_held_up_is_not_known() -> None:
    """It may have been late through no fault of its own."""
    where = replace(_beside(exchange("beside-1", 120, answer(503), event=3, took=260)), stalls=HELD_UP)
    where = replace(where, faults=(fault(armed=90, cleared=900),))
    reason = (
        "'beside-1' was not accepted, which cannot be judged: the harness itself was held up for 1.500 s at that moment"
    )
    assert judged("bystanders-unharmed", where) == not_known("bystanders-unharmed", reason, disturbed=True)


# reads-stay-fast


def _reads(during: Exchange, *, calls: int = 0) -> Scope:
    before = exchange("read-before", 50, answer(200), phase=Phase.BASELINE, event=0, planned=False)
    where = _with(BOOK, BASELINE, before, exchange("fault-1", 100, answer(504), event=2, took=2500), during)
    steps = (
        *where.case.steps,
        ReadBack(label="read-before", of="baseline-1"),
        ReadBack(label="read-during", of="baseline-1", phase=Phase.FAULT),
    )
    return replace(
        where, case=replace(where.case, steps=steps), calls=tuple(call(n, 50 + n) for n in range(1, calls + 1))
    )


def _read(what: object = None, took: int = 10) -> Exchange:
    return exchange("read-during", 110, what or answer(200), phase=Phase.FAULT, event=0, planned=False, took=took)  # type: ignore[arg-type]


def test_a_read_that_needs_no_dependency_stays_fast() -> None:
    """Fast and 2xx holds; one that called a dependency when all was well has no chance."""
    assert judged("reads-stay-fast", _reads(_read())) == holds("reads-stay-fast", 1)
    assert judged("reads-stay-fast", _reads(_read(took=5000), calls=1)) == holds("reads-stay-fast", 0)


def test_a_read_that_waits_with_the_others_is_found() -> None:
    """Slow, or failed: major, with the requests that held the threads."""
    assert judged("reads-stay-fast", _reads(_read(took=1500))) == Judgement(
        check="reads-stay-fast",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "reads-stay-fast",
                symptom="slow",
                severity=Severity.MAJOR,
                happened="under no-answer at ledger, beside 1 requests that wait for it, 'read-during' was answered 200 "
                '{"id": "b-1", "seats": 2} after 1.50 s',
                expected="2xx within 0.5 s: before the fault the same read needed no dependency",
                why="requests that wait hold every thread, so those who only want to see what they have cannot either",
                exchanges=(101, 111),
            ),
        ),
    )
    assert list(symptoms(judged("reads-stay-fast", _reads(_read(answer(503)))))) == ["503"]
    held = replace(_reads(_read(took=1500)), stalls=HELD_UP)
    assert judged("reads-stay-fast", held).findings == ()


# callers-deadline-kept


def _left(milliseconds: str, what: object = None, took: int = 10, *calls: tuple[str, str]) -> Scope:
    message = Request(method="POST", target="/bookings", headers=(("X-Left", milliseconds),), body=VALID.body)
    sent = exchange("fault-1", 100, what or answer(504), event=2, message=message, took=took)  # type: ignore[arg-type]
    made = tuple(replace(call(n, 100 + n), headers=(one,)) for n, one in enumerate(calls, start=1))
    return replace(_with(HONEST, BASELINE, sent), calls=made)


def test_a_deadline_that_is_kept_and_passed_on_holds() -> None:
    """Answered within what was given, with what is left told to the dependency; with nothing left nothing is done."""
    assert judged("callers-deadline-kept", _left("300", None, 310, ("x-left", "290"))) == holds(
        "callers-deadline-kept", 1
    )
    assert judged("callers-deadline-kept", _left("0")) == holds("callers-deadline-kept", 1)
    assert judged("callers-deadline-kept", _with(BOOK, BASELINE)) == holds("callers-deadline-kept", 0)


@pytest.mark.parametrize(
    ("where", "symptom", "gate"),
    [
        (_left("300", None, 1000, ("X-Left", "290")), "late", True),
        (_left("300", None, 310, ("X-Left", "301")), "more than is left passed on", True),
        (_left("300", None, 310, ("X-Left", "0.3")), "more than is left passed on", True),
        (_left("300", None, 310, ("X-Other", "1")), "not passed on", False),
        (_left("0", None, 10, ("X-Left", "0")), "work for nobody", True),
        (_left("0", answer(201)), "work for nobody", True),
        (_left("0", answer(400)), "400", True),
    ],
)
def test_a_deadline_that_is_not_kept_is_found(where: Scope, symptom: str, gate: bool) -> None:
    """Late, more than is left for a dependency, work with nothing left: major. Not passed on: advice."""
    findings = judged("callers-deadline-kept", where).findings
    assert [(f.symptom, f.fails_gate, f.exchanges) for f in findings] == [(symptom, gate, (101,))]


def test_lateness_on_a_machine_that_was_held_up_is_not_known() -> None:
    """The time is not the service's."""
    judgement = judged("callers-deadline-kept", replace(_left("300", None, 1000), stalls=HELD_UP))
    assert (judgement.findings, judgement.disturbed, len(judgement.unknown)) == ((), True, 1)


# recovers, on every worker

STEP = Recover(label="recover", operation="book", message=VALID, event=100, every_worker=True)


def _tries(*tries: Exchange) -> Scope:
    where = _with(HONEST, BASELINE, *tries)
    return replace(where, case=replace(where.case, steps=(STEP, Settle())))


def _try(number: int, what: object = None) -> Exchange:
    at = 200 + 10 * number
    return exchange(f"recover-{number}", at, what or answer(), event=99 + number, phase=Phase.RECOVERY, planned=False)  # type: ignore[arg-type]


def test_every_worker_has_to_recover() -> None:
    """The last try decides: one worker that stays refused, or stays degraded, is no recovery."""
    assert judged("recovers", _tries(_try(1, answer(503)), _try(2), _try(3))) == holds("recovers", 1)
    (refused,) = judged("recovers", _tries(_try(1), _try(2, answer(503)))).findings
    assert (refused.symptom, refused.expected) == (
        "no recovery",
        "a fresh request is accepted within 2 s of the end of the fault, by every worker",
    )
    (degraded,) = judged("recovers", _tries(_try(1), _try(2, answer(201, MISSING)))).findings
    assert degraded.symptom == "no recovery"


def test_another_answer_of_any_worker_is_found() -> None:
    """What one worker keeps from the trouble is found though the next one is well."""
    (other,) = judged("recovers", _tries(_try(1, answer(201, SILENT)), _try(2))).findings
    assert (other.symptom, other.exchanges) == ("different answer", (211,))


def test_a_fault_that_may_be_missed_is_not_waited_for() -> None:
    """Of two faults the one that is not needed may be kept from striking by the other."""
    where = _with(BOOK, BASELINE)
    steps = (*where.case.steps, Arm(fault=Fault(id="slow", dependency="ledger", kind="late", needed=False)))
    slow = replace(fault(fired=0), fault=Fault(id="slow", dependency="ledger", kind="late", needed=False))
    missed = replace(where, case=replace(where.case, steps=steps), faults=(slow,))
    assert judged("carried-out", missed).unknown == ()
    needed = replace(slow, fault=replace(slow.fault, needed=True))
    wanted = replace(missed, case=replace(where.case, steps=(Arm(fault=needed.fault),)), faults=(needed,))
    assert len(judged("carried-out", wanted).unknown) == 1


def test_what_is_refused_at_once_is_no_lack_of_time() -> None:
    """On a crowded machine quick refusals are a decision of the service; slow ones may be the machine's."""
    crowded = (Stall(at=60_000 * MS, worst=0.001, window=60.0, others=0.9),)
    quick = replace(_tries(_try(1), _try(2, answer(503))), stalls=crowded)
    assert list(symptoms(judged("recovers", quick))) == ["no recovery"]
    slow = replace(_tries(_try(1), replace(_try(2, answer(503)), done=900 * MS)), stalls=crowded)
    assert (judged("recovers", slow).findings, judged("recovers", slow).disturbed) == ((), True)
    refused = exchange("beside-1", 120, answer(503), event=3)
    assert len(judged("bystanders-unharmed", replace(_beside(refused), stalls=HELD_UP)).findings) == 1
