"""Checks of events that are nearly the same, locked, or spelt otherwise; and effects that carry no identity."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Family
from harness.model.judgements import Judgement
from harness.model.messages import Request, Silence
from harness.model.scope import Reference, Scope
from harness.model.steps import Expectation, Expected, Insist, Phase, Send
from harness.model.verdicts import Force, Severity
from tests.checks.scenes import (
    CONFIGURATION,
    EITHER,
    KIND,
    REFERENCE,
    answer,
    at_the_ledger,
    call,
    effect,
    exchange,
    found,
    holds,
    identity,
    judged,
    not_known,
    scope,
    symptoms,
)

FAMILY = Family.DUPLICATE
ONE = exchange("one", 0, answer(201, {"id": "b-1", "seats": 2}))
OTHER = exchange("other", 50, answer(201, {"id": "b-2", "seats": 2}), event=2)
INVALID = Expectation(expected=Expected.REJECTED)
SPELT = b'POST /bookings HTTP/1.1\r\n\r\n{"seats": 2, "row": 1}'
SPELT_OTHERWISE = b'POST /bookings HTTP/1.1\r\n\r\n{"row":1,"seats":2}'


def test_two_events_with_two_answers_are_apart() -> None:
    """An own identifier, and a refusal, are both fair: each is a chance held."""
    refused = exchange("third", 90, answer(422), event=3)
    assert judged("events-kept-apart", scope(FAMILY, ONE, OTHER, refused)) == holds("events-kept-apart", 2)


def test_one_receipt_for_two_events_is_found() -> None:
    """The identifiers of the first event in the answer to the second: its caller holds another's receipt."""
    taken = replace(OTHER, answer=ONE.answer)
    assert judged("events-kept-apart", scope(FAMILY, ONE, taken)) == Judgement(
        check="events-kept-apart",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "events-kept-apart",
                symptom="answered as another event",
                severity=Severity.CRITICAL,
                happened="""'one' was answered 201 {"id": "b-1", "seats": 2}; 'other' was answered 201 """
                """{"id": "b-1", "seats": 2}, though it is another event""",
                expected="each event is answered with its own result, or refused",
                why="one caller gets another's receipt, and what it asked for is never done",
                exchanges=(1, 51),
            ),
        ),
    )


def test_the_document_of_another_operation_is_found() -> None:
    """The same identity at another operation is another event: the other's document is no answer to it."""
    there = replace(ONE, number=51, label="there", operation="cancel", sent=ONE.sent + 50)
    where = scope(FAMILY, ONE, there)
    known = replace(where, references={"book": REFERENCE, "cancel": replace(REFERENCE, operation="cancel")})
    assert symptoms(judged("events-kept-apart", known)) == {
        "answered as another event": ("critical must", "application", (1, 51))
    }


def test_the_identity_of_another_event_in_an_answer_is_found() -> None:
    """What another caller sent stands in no answer, unless the request itself named it."""
    leaking = replace(OTHER, answer=answer(201, {"id": "b-2", "note": identity(1)}))
    assert symptoms(judged("events-kept-apart", scope(FAMILY, ONE, leaking))) == {
        "another event's data": ("critical must", "application", (1, 51))
    }
    named = replace(leaking, data=f"POST /bookings {identity(2)} like {identity(1)}".encode())
    assert judged("events-kept-apart", scope(FAMILY, ONE, named)) == holds("events-kept-apart", 1)


def test_answers_without_identifiers_say_nothing_of_whose_they_are() -> None:
    """Two equal answers that hold no identifier may be right for both."""
    plain = Reference(operation="book", runs=3, status=201, answer={"seats": 2})
    same = scope(
        FAMILY, replace(ONE, answer=answer(201, {"seats": 2})), replace(OTHER, answer=answer(201, {"seats": 2}))
    )
    assert judged("events-kept-apart", replace(same, references={"book": plain})) == holds("events-kept-apart", 1)


def test_the_same_document_in_other_bytes_is_the_same_event() -> None:
    """The first answer holds; a refusal is advice; another answer is a second event."""
    first = replace(ONE, data=SPELT)
    again = exchange("again", 50, answer(201, {"seats": 2, "id": "b-1"}), expect=EITHER, data=SPELT_OTHERWISE)
    name = "same-event-spelt-otherwise"
    assert judged(name, scope(FAMILY, first, again)) == holds(name, 1)
    refused = scope(FAMILY, first, replace(again, answer=answer(422)))
    assert symptoms(judged(name, refused)) == {"refused": ("minor should", "application", (1, 51))}
    failed = scope(FAMILY, first, replace(again, answer=answer(500)))
    assert symptoms(judged(name, failed)) == {"500": ("major must", "application", (1, 51))}
    second = scope(FAMILY, first, replace(again, answer=answer(201, {"id": "b-9", "seats": 2})))
    assert symptoms(judged(name, second)) == {"different answer": ("major must", "application", (1, 51))}


def test_another_document_is_not_the_same_event() -> None:
    """What says something else is judged by another check, and bytes that are no JSON by none."""
    other = exchange("again", 50, answer(422), data=b'POST /bookings HTTP/1.1\r\n\r\n{"seats": 3, "row": 1}')
    name = "same-event-spelt-otherwise"
    assert judged(name, scope(FAMILY, replace(ONE, data=SPELT), other)) == holds(name, 0)
    assert judged(name, scope(FAMILY, ONE, exchange("again", 50, answer(422), data=b"no JSON"))) == holds(name, 0)


def _insisted(*statuses: int, promised: bool = True) -> Scope:
    """Return a case in which the first died and its event was insisted on."""
    message = Request(method="POST", target="/bookings")
    step = Insist(label="retry", operation="book", message=message, event=1, within=6.0, promised=promised)
    dead = exchange("first", 0, Silence.CLOSED, expect=EITHER)
    tries = [
        exchange(f"retry-{n}", 250 * n, answer(status), planned=False, phase=Phase.RECOVERY)
        for n, status in enumerate(statuses, start=1)
    ]
    return scope(FAMILY, dead, *tries, steps=(step,))


def test_a_key_that_is_free_in_time_holds() -> None:
    """Told to wait, then accepted: the claim of the dead ran out."""
    assert judged("key-not-locked", _insisted(409, 409, 201)) == holds("key-not-locked", 1)


def test_a_key_that_stays_locked_is_found() -> None:
    """Told to wait until the bound: major where the bound was promised, advice where it is the harness's patience."""
    (locked,) = judged("key-not-locked", _insisted(409, 409)).findings
    assert (locked.symptom, locked.severity, locked.force, locked.exchanges) == (
        "locked by a dead process",
        Severity.MAJOR,
        Force.MUST,
        (251, 501),
    )
    assert symptoms(judged("key-not-locked", _insisted(409, 409, promised=False))) == {
        "locked by a dead process": ("major should", "application", (251, 501))
    }


def test_a_time_that_nobody_promised_is_no_failed_retry() -> None:
    """How long a claim outlives its process is advice; that a retry must complete is not stretched to say otherwise."""
    assert judged("retry-completes", _insisted(409, promised=False)) == holds("retry-completes", 1)
    assert list(symptoms(judged("retry-completes", _insisted(409)))) == ["retry not accepted"]


def test_a_refused_event_is_not_told_to_wait() -> None:
    """The same invalid bytes are refused again; told to wait, their key was locked by a refusal."""
    first = exchange("invalid-1", 0, answer(422), expect=INVALID)
    again = exchange("invalid-2", 50, answer(422), expect=INVALID)
    assert judged("key-not-locked", scope(FAMILY, first, again)) == holds("key-not-locked", 1)
    waiting = scope(FAMILY, first, replace(again, answer=answer(409)))
    assert symptoms(judged("key-not-locked", waiting)) == {
        "locked by a refusal": ("major must", "application", (1, 51))
    }


def test_a_corrected_message_under_a_used_key_may_be_refused() -> None:
    """409 is a fair word for a key that was used with other bytes."""
    first = exchange("invalid-1", 0, answer(422), expect=INVALID)
    corrected = [
        exchange(f"corrected-{n}", 50 * n, answer(409), expect=EITHER, data=b"corrected event-1") for n in (1, 2)
    ]
    where = scope(FAMILY, first, *corrected)
    assert judged("key-not-locked", where) == holds("key-not-locked", 0)
    assert judged("duplicates-answered", where) == holds("duplicates-answered", 0)


def _crowd(*numbers: int) -> Scope:
    """Return two events at work at the same time, with so many effects that carry no identity."""
    both = scope(FAMILY, ONE, exchange("other", 2, event=2), settled=False)
    calls = tuple(call(number, 5 + number) for number in numbers)
    return at_the_ledger(both, *calls)


def test_effects_without_identity_are_counted_together() -> None:
    """As many as all events are to have is the account; more is one too many; fewer is not known."""
    name = "one-effect-per-event"
    assert judged(name, _crowd(1, 2)) == holds(name, 2)
    assert symptoms(judged(name, _crowd(1, 2, 3))) == {
        "doubled effect": ("critical must", f"application {KIND}", (1, 3))
    }
    reason = (
        f"1 effect(s) ({KIND}) cannot be traced to one event: several were at work and the call carries no identity"
    )
    assert judged(name, _crowd(1)) == not_known(name, reason, opportunities=2)


def test_one_identity_at_two_operations_is_two_events() -> None:
    """Each operation has its own effect under it; where the other one is accepted without, its effect is lost."""
    there = replace(ONE, number=51, label="there", operation="cancel", sent=50_000_000, done=60_000_000)
    operations = (*CONFIGURATION.operations, replace(CONFIGURATION.operations[0], name="cancel"))
    where = replace(
        scope(FAMILY, ONE, there),
        configuration=replace(CONFIGURATION, operations=operations),
        references={"book": REFERENCE, "cancel": replace(REFERENCE, operation="cancel")},
    )
    name = "one-effect-per-event"
    assert judged(name, at_the_ledger(where, call(1, 5), call(2, 55))) == holds(name, 1)
    assert symptoms(judged(name, at_the_ledger(where, call(1, 5)))) == {
        "lost effect": ("critical must", f"application {KIND}", (51,))
    }
    known = replace(where, calls=(call(1, 5), call(2, 55)), effects=(effect(1), effect(2, new=False)))
    assert list(symptoms(judged(name, known))) == ["lost effect"]


def test_a_message_that_is_not_the_example_is_not_held_against_clean_runs() -> None:
    """An answer that echoes another body differs from the clean run's, and is right."""
    altered = Send(label="last", operation="book", message=Request(method="POST", target="/bookings"), altered=True)
    cut = exchange("first", 0, Silence.ABANDONED)
    last = replace(exchange("last", 50, answer(201, {"id": "b-1", "seats": 9})), planned=altered)
    assert judged("same-answer-for-a-duplicate", scope(FAMILY, cut, last)) == holds("same-answer-for-a-duplicate", 0)


def test_a_failure_on_a_starved_machine_is_not_known() -> None:
    """A service that says 503 while others take the machine, or its disk stands still, may just have been told so."""
    copies = [exchange(f"copy-{n}", 0, answer(status), number=n, group="c") for n, status in ((1, 201), (2, 503))]
    failing = scope(FAMILY, *copies, settled=False)
    assert list(symptoms(judged("duplicates-answered", failing))) == ["503"]
    stall = failing.stalls[0]
    starved = replace(failing, stalls=(replace(stall, disk=0.7),))
    reason = """'copy-2' was answered 503 {"title": "no", "status": 503}, which cannot be judged: """
    assert judged("duplicates-answered", starved) == not_known(
        "duplicates-answered",
        reason + "the disk took 0.700 s to keep one page at that moment",
        opportunities=1,
        disturbed=True,
    )
