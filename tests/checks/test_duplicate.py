"""Checks of duplicates: one effect, one answer, no failure, and nobody else's."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Family
from harness.model.judgements import Judgement
from harness.model.messages import Answer, Silence
from harness.model.scope import Exchange, Reference, Scope
from harness.model.steps import Expectation, Expected, Phase, ReadBack, Settle
from harness.model.verdicts import Severity
from tests.checks.scenes import (
    ACCEPTED,
    KIND,
    answer,
    at_the_ledger,
    call,
    effect,
    exchange,
    fault,
    found,
    holds,
    judged,
    not_known,
    scope,
    symptoms,
)

FAMILY = Family.DUPLICATE
FIRST = exchange("first", 0, phase=Phase.BASELINE, expect=ACCEPTED)
SECOND = exchange("second", 50, expect=ACCEPTED)
TWICE = at_the_ledger(scope(FAMILY, FIRST, SECOND), call(1, 5))
BOOKED = """201 {"id": "b-1", "seats": 2}"""
REFUSED = Expectation(expected=Expected.REJECTED, statuses=(422,), rule="a key belongs to one body")


def _together(*answers: Answer | Silence, took: int = 10) -> Scope:
    """Return a case in which copies of one event are sent at the same instant."""
    copies = [
        exchange(f"copy-{n}", 0, what, number=n, group="copy-1", took=took) for n, what in enumerate(answers, start=1)
    ]
    return at_the_ledger(scope(FAMILY, *copies, settled=False), call(1, 5))


def test_one_effect_for_two_sends_holds() -> None:
    """An event sent twice with one effect, and two events with one each, hold: a chance for each event."""
    assert judged("one-effect-per-event", TWICE) == holds("one-effect-per-event", 1)
    two = scope(FAMILY, FIRST, exchange("b", 50, event=2))
    assert judged("one-effect-per-event", at_the_ledger(two, call(1, 5), call(2, 55))) == holds(
        "one-effect-per-event", 2
    )


def test_a_doubled_effect_is_found() -> None:
    """Two new effects for one event are critical, whoever was answered what."""
    assert judged("one-effect-per-event", at_the_ledger(TWICE, call(1, 5), call(2, 55))) == Judgement(
        check="one-effect-per-event",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "one-effect-per-event",
                symptom="doubled effect",
                severity=Severity.CRITICAL,
                call=KIND,
                happened=f"event 1 was sent 2 times and {KIND} took effect 2 times",
                expected=f"1 effect of {KIND} for one event, however often it is sent",
                why="money is booked twice, mail is sent twice: the caller did everything right and cannot see it",
                exchanges=(1, 51),
            ),
        ),
    )


def test_a_repeat_under_a_known_key_is_no_second_effect() -> None:
    """Calls and effects are counted apart: a correct retry to the dependency is one effect."""
    where = replace(TWICE, calls=(call(1, 5), call(2, 55)), effects=(effect(1), effect(2, new=False)))
    assert judged("one-effect-per-event", where) == holds("one-effect-per-event", 1)


def test_a_lost_effect_is_found() -> None:
    """An event that was accepted and never had its effect is critical; one that was refused is not."""
    lost = judged("one-effect-per-event", at_the_ledger(TWICE))
    assert symptoms(lost) == {"lost effect": ("critical must", f"application {KIND}", (1,))}
    refused = scope(FAMILY, replace(FIRST, answer=answer(422)))
    assert judged("one-effect-per-event", refused) == holds("one-effect-per-event", 1)


def test_a_lost_effect_is_not_known_before_the_case_rests() -> None:
    """What may still come is not lost; what came twice already is doubled all the same."""
    reason = "effects may still come, the case did not come to rest: 1 call(s) at ledger"
    restless = replace(TWICE, unsettled="1 call(s) at ledger")
    assert judged("one-effect-per-event", at_the_ledger(restless)) == not_known(
        "one-effect-per-event", reason, opportunities=1
    )
    doubled = at_the_ledger(restless, call(1, 5, "event-1"), call(2, 55, "event-1"))
    assert list(symptoms(judged("one-effect-per-event", doubled))) == ["doubled effect"]


def test_a_message_that_no_clean_run_tells_of_owes_only_what_the_service_tried() -> None:
    """Accepted and never tried may be right; tried and not done is lost, and done twice is doubled, as ever."""
    unsure = Expectation(expected=Expected.EITHER, owing=False)
    twice = scope(FAMILY, exchange("first", 0, expect=unsure), exchange("second", 50, expect=unsure))
    assert judged("one-effect-per-event", at_the_ledger(twice)) == holds("one-effect-per-event", 1)
    lost = replace(twice, calls=(call(1, 5, "event-1"),), effects=())
    assert list(symptoms(judged("one-effect-per-event", lost))) == ["lost effect"]
    doubled = at_the_ledger(twice, call(1, 5, "event-1"), call(2, 55, "event-1"))
    assert list(symptoms(judged("one-effect-per-event", doubled))) == ["doubled effect"]
    beside = scope(FAMILY, FIRST, exchange("second", 50, expect=unsure))
    assert list(symptoms(judged("one-effect-per-event", at_the_ledger(beside)))) == ["lost effect"]


def test_an_operation_without_effect_gives_no_chance() -> None:
    """Where a clean run has no effect there is nothing to double."""
    without = Reference(operation="book", runs=3, status=201)
    assert judged("one-effect-per-event", replace(TWICE, references={"book": without})) == holds(
        "one-effect-per-event", 0
    )


def test_the_identity_in_a_call_decides_whose_it_is() -> None:
    """A call that carries an identity belongs to that event, whoever else is at work."""
    other = exchange("other", 2, event=2)
    both = scope(FAMILY, FIRST, other, settled=False)
    where = at_the_ledger(both, call(1, 5, "event-1"), call(2, 6, "event-2"))
    assert judged("one-effect-per-event", where) == holds("one-effect-per-event", 2)
    crossed = at_the_ledger(both, call(1, 5, "event-1"), call(2, 6, "event-1"))
    assert set(symptoms(judged("one-effect-per-event", crossed))) == {"doubled effect", "lost effect"}


def test_the_same_answer_holds() -> None:
    """The same status and body is one chance held; JSON may be spelt otherwise."""
    assert judged("same-answer-for-a-duplicate", TWICE) == holds("same-answer-for-a-duplicate", 1)
    spelt = replace(SECOND, answer=answer(201, b'{"seats":2,"id":"b-1"}'))
    assert judged("same-answer-for-a-duplicate", scope(FAMILY, FIRST, spelt)) == holds("same-answer-for-a-duplicate", 1)


def test_a_different_answer_is_found() -> None:
    """Another body is major and shows both answers; another status alone is advice."""
    other = replace(SECOND, answer=answer(201, {"id": "b-2", "seats": 2}))
    assert judged("same-answer-for-a-duplicate", scope(FAMILY, FIRST, other)) == Judgement(
        check="same-answer-for-a-duplicate",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "same-answer-for-a-duplicate",
                symptom="different answer",
                severity=Severity.MAJOR,
                happened=f"""'first' was answered {BOOKED}, 'second' 201 {{"id": "b-2", "seats": 2}}""",
                expected="the same event with the same bytes is answered the same, status and body",
                why="the caller who asks again, because the first answer was lost, "
                "learns of another result than the real one",
                exchanges=(1, 51),
            ),
        ),
    )
    status = scope(FAMILY, FIRST, replace(SECOND, answer=answer(200)))
    assert symptoms(judged("same-answer-for-a-duplicate", status)) == {
        "other status": ("minor should", "application", (1, 51))
    }
    typed = scope(FAMILY, FIRST, replace(SECOND, answer=answer(201, {"id": "b-1", "seats": 2.0})))
    assert list(symptoms(judged("same-answer-for-a-duplicate", typed))) == ["different answer"]


def test_a_single_answer_is_held_against_the_clean_run() -> None:
    """Where only one of several was accepted it must be that of a clean run; without a reference it is no chance."""
    cut = scope(FAMILY, replace(FIRST, answer=None, silence=Silence.ABANDONED), SECOND)
    assert judged("same-answer-for-a-duplicate", cut) == holds("same-answer-for-a-duplicate", 1)
    assert judged("same-answer-for-a-duplicate", replace(cut, references={})) == holds("same-answer-for-a-duplicate", 0)
    poor = scope(FAMILY, cut.exchanges[0], replace(SECOND, answer=answer(201, {"id": "b-1"})))
    assert symptoms(judged("same-answer-for-a-duplicate", poor)) == {
        "different answer": ("major must", "application", (51,))
    }


def test_answers_too_long_to_keep_are_not_known() -> None:
    """Two answers of which only the beginning was kept are not the same for all that is known."""
    long = replace(SECOND, answer=replace(answer(201), clipped=True))
    assert judged("same-answer-for-a-duplicate", scope(FAMILY, FIRST, long)) == not_known(
        "same-answer-for-a-duplicate", "answers to event 1 are too long to be compared whole"
    )


def test_answered_duplicates_hold() -> None:
    """2xx, or told to wait while another is at work: each duplicate is a chance, a first alone is none."""
    assert judged("duplicates-answered", TWICE) == holds("duplicates-answered", 1)
    assert judged("duplicates-answered", _together(answer(201), answer(409))) == holds("duplicates-answered", 2)
    assert judged("duplicates-answered", scope(FAMILY, FIRST)) == holds("duplicates-answered", 0)


def test_a_duplicate_that_makes_the_service_fail_is_found() -> None:
    """5xx for a duplicate is major; under a fault that struck the declared failures are excused."""
    failing = _together(answer(201), answer(503))
    assert judged("duplicates-answered", failing) == Judgement(
        check="duplicates-answered",
        case="X1/book/1",
        opportunities=2,
        findings=(
            found(
                "duplicates-answered",
                symptom="503",
                severity=Severity.MAJOR,
                happened="the same event was sent 2 times; "
                """'copy-2' was answered 503 {"title": "no", "status": 503}""",
                expected="2xx, or 409 while another is still at work",
                why="the caller who asks again after a lost answer is told that it failed, though it was done",
                exchanges=(1, 2),
            ),
        ),
    )
    assert judged("duplicates-answered", replace(failing, faults=(fault(),))) == holds("duplicates-answered", 2)


def test_a_duplicate_that_is_turned_away_is_found() -> None:
    """4xx is a refusal; told to wait when nothing is at work any more is advice; all told to wait is major."""
    refused = scope(FAMILY, FIRST, replace(SECOND, answer=answer(422)))
    assert symptoms(judged("duplicates-answered", refused)) == {"refused": ("major must", "application", (1, 51))}
    after = scope(FAMILY, FIRST, replace(SECOND, answer=answer(409)))
    assert symptoms(judged("duplicates-answered", after)) == {
        "refused after completion": ("major should", "application", (1, 51))
    }
    stuck = judged("duplicates-answered", _together(answer(409), answer(409)))
    assert symptoms(stuck) == {"none accepted": ("major must", "application", (1, 2))}


OTHER = exchange("other-body", 50, answer(422), expect=REFUSED, data=b"POST /bookings event-1 other")
REUSED = at_the_ledger(scope(FAMILY, FIRST, OTHER), call(1, 5))


def test_another_body_refused_holds() -> None:
    """4xx by a named code holds; where the first was not accepted there is nothing to protect."""
    assert judged("other-body-refused", REUSED) == holds("other-body-refused", 1)
    alone = scope(FAMILY, replace(FIRST, answer=answer(503)), OTHER)
    assert judged("other-body-refused", alone) == holds("other-body-refused", 0)


def test_another_body_that_is_accepted_is_found() -> None:
    """A key used again with another body and accepted is major; another code of the class is a note."""
    (accepted,) = judged("other-body-refused", scope(FAMILY, FIRST, replace(OTHER, answer=answer(201)))).findings
    assert accepted == found(
        "other-body-refused",
        symptom="accepted",
        severity=Severity.MAJOR,
        happened=f"'other-body' was answered {BOOKED}, though its identity had been used with another body",
        expected="422: a key belongs to one body",
        why="the caller believes that its second request was done; it was not, or it changed the first",
        exchanges=(1, 51),
    )
    for status, seen in ((400, {"other status": "note should"}), (500, {"500": "major must"})):
        judgement = judged("other-body-refused", scope(FAMILY, FIRST, replace(OTHER, answer=answer(status))))
        assert {name: said[0] for name, said in symptoms(judgement).items()} == seen


BARE = exchange("no-key", 0, answer(422), event=0, expect=REFUSED, data=b"POST /bookings")
KEYED = exchange("read-with-key", 50, answer(200), event=0, planned=False, data=b"GET /bookings/b-1")


def _keys(bare: Exchange, read: Exchange) -> Scope:
    steps = (Settle(), ReadBack(label="read-with-key", of="first", headers=(("Idempotency-Key", "k"),)))
    sends = tuple(step for e in (bare,) if e.planned for step in (e.planned, *steps))
    return scope(FAMILY, bare, read, steps=sends)


def test_a_request_without_its_key_refused_holds() -> None:
    """Refused without its key, and a read with one answered: two chances; silence is none."""
    assert judged("key-required", _keys(BARE, KEYED)) == holds("key-required", 2)
    silent = replace(BARE, answer=None, silence=Silence.CLOSED)
    assert judged("key-required", scope(FAMILY, silent)) == holds("key-required", 0)


def test_a_request_without_its_key_that_is_accepted_is_found() -> None:
    """Accepted without its key is major, by the rule beside the message."""
    (accepted,) = judged("key-required", _keys(replace(BARE, answer=answer(201)), KEYED)).findings
    assert accepted == found(
        "key-required",
        symptom="accepted",
        severity=Severity.MAJOR,
        happened=f"'no-key' was answered {BOOKED}",
        expected="422: a key belongs to one body",
        why="without a key the caller cannot ask again without doing it twice, and is not told so",
        exchanges=(1,),
    )


def test_effects_without_an_event_are_found() -> None:
    """A refused request and a read have no effect; a read that the key breaks, and another code, are advice."""
    for at in (5, 55):
        acted = at_the_ledger(_keys(BARE, KEYED), call(1, at))
        assert {name: said[0] for name, said in symptoms(judged("key-required", acted)).items()} == {
            "effect without an event": "critical must"
        }
    advice = _keys(replace(BARE, answer=answer(400)), replace(KEYED, answer=answer(409)))
    assert {name: said[0] for name, said in symptoms(judged("key-required", advice)).items()} == {
        "other status": "note should",
        "read answered 409": "major should",
    }


READ = exchange("read-first", 50, answer(200, {"id": "b-1", "seats": 2, "state": "open"}), event=0, planned=False)


def _read(read: Exchange, made: Exchange = FIRST) -> Scope:
    assert made.planned is not None
    return scope(FAMILY, made, read, steps=(made.planned, Settle(), ReadBack(label="read-first", of="first")))


def test_what_was_stored_reads_back() -> None:
    """Found, and equal where the answers overlap; of what was not accepted there is nothing to read."""
    assert judged("stored-result-reads-back", _read(READ)) == holds("stored-result-reads-back", 1)
    refused = _read(READ, replace(FIRST, answer=answer(422)))
    assert judged("stored-result-reads-back", refused) == holds("stored-result-reads-back", 0)


def test_what_was_not_stored_is_found() -> None:
    """A receipt for nothing is critical; for something else, or for an error, major."""
    (gone,) = judged("stored-result-reads-back", _read(replace(READ, answer=answer(404)))).findings
    assert gone == found(
        "stored-result-reads-back",
        symptom="not stored",
        severity=Severity.CRITICAL,
        happened="""'first' was accepted with 201; 'read-first' was answered 404 {"title": "no", "status": 404}""",
        expected="what was accepted is read back with 2xx, the fields of the answer unchanged",
        why="the caller holds a receipt for something that is not there, or is something else",
        exchanges=(1, 51),
    )
    (other,) = judged("stored-result-reads-back", _read(replace(READ, answer=answer(200, {"seats": 3})))).findings
    assert (other.symptom, other.happened) == (
        "stored otherwise",
        "'first' was accepted with 201; 'read-first' does not say what 'first' was answered: seats is 3 instead of 2",
    )
    assert list(symptoms(judged("stored-result-reads-back", _read(replace(READ, answer=answer(500)))))) == ["500"]


RETRY = exchange("retry", 50, expect=ACCEPTED, served_by=12, other_worker_than="first")
ACROSS = at_the_ledger(scope(FAMILY, replace(FIRST, served_by=11), RETRY), call(1, 5))


def test_a_repeat_at_another_worker_holds() -> None:
    """Served by two processes, answered the same, done once."""
    assert judged("dedupe-across-workers", ACROSS) == holds("dedupe-across-workers", 1)


def test_a_repeat_that_another_worker_does_again_is_found() -> None:
    """Doubled by the second process is critical, another answer from it major."""
    doubled = at_the_ledger(ACROSS, call(1, 5), call(2, 55))
    assert judged("dedupe-across-workers", doubled) == Judgement(
        check="dedupe-across-workers",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "dedupe-across-workers",
                symptom="doubled effect",
                severity=Severity.CRITICAL,
                call=KIND,
                happened=f"{KIND} took effect 2 times for one event served by two processes",
                expected="a repeat served by another process has the answer of the first and no effect of its own",
                why="what is remembered in one process is forgotten in the others: with more workers more is done twice",
                exchanges=(1, 51),
            ),
        ),
    )
    other = replace(ACROSS, exchanges=(ACROSS.exchanges[0], replace(RETRY, answer=answer(500))))
    assert list(symptoms(judged("dedupe-across-workers", other))) == ["different answer"]


def test_a_repeat_whose_worker_is_not_known_shows_nothing() -> None:
    """Served by the same process, or by one that could not be seen: unknown, with the reason."""
    for pids, reason in (
        ((11, 11), "'first' and 'retry' were served by the same process"),
        ((11, 0), "which processes served 'first' and 'retry' could not be seen"),
    ):
        first, retry = replace(FIRST, served_by=pids[0]), replace(RETRY, served_by=pids[1])
        where = scope(FAMILY, first, retry)
        assert judged("dedupe-across-workers", where) == not_known("dedupe-across-workers", reason)
    assert judged("dedupe-across-workers", TWICE) == holds("dedupe-across-workers", 0)
