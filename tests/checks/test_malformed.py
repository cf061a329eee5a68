"""Checks of malformed messages: refused, harmless, in time, well said, unharmed afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.model.cases import Family
from harness.model.judgements import Judgement
from harness.model.messages import Answer, Chunk, Ending, Request, Silence, Wire
from harness.model.scope import Exchange, Probe, Scope, Stall
from harness.model.services import Server, Service
from harness.model.steps import CONTROL_ITSELF, Expectation, Expected, Phase
from harness.model.verdicts import Blame, Force, Severity
from tests.checks.scenes import (
    ACCEPTED,
    EITHER,
    HELD_UP,
    INCOMPLETE,
    KIND,
    MS,
    REFUSED,
    answer,
    at_the_ledger,
    call,
    exchange,
    found,
    holds,
    judged,
    not_known,
    scope,
    symptoms,
)

FAMILY = Family.MALFORMED
AFTER = exchange("after", 50, event=2, phase=Phase.RECOVERY, expect=ACCEPTED)
NO = """{"title": "no", "status": 422}"""


def _trouble(what: Answer | Silence | None, expect: Expectation = REFUSED, **more: object) -> Exchange:
    return exchange("trouble", 0, what, expect=expect, **more)  # type: ignore[arg-type]


def _case(trouble: Exchange, after: Exchange = AFTER) -> Scope:
    """Return a malformed case whose second message has its effect."""
    return at_the_ledger(scope(FAMILY, trouble, after), call(1, 52))


def _with_control(where: Scope, what: Answer | Silence) -> Scope:
    return replace(where, control={"trouble": _trouble(what)})


CLEAN = _case(_trouble(answer(422)))


@pytest.mark.parametrize(
    ("check", "opportunities"),
    [
        ("no-server-error", 1),
        ("rejects-malformed", 1),
        ("accepts-legal", 0),
        ("rejected-means-no-effect", 1),
        ("answer-in-time", 2),
        ("unharmed-after", 1),
        ("answers-well-formed", 2),
        ("problem-json", 1),
        ("method-not-allowed-names-methods", 0),
    ],
)
def test_a_clean_refusal_holds(check: str, opportunities: int) -> None:
    """A malformed message refused without a trace, and a valid one after it: each check had its chances and held."""
    assert judged(check, CLEAN) == holds(check, opportunities)


def test_a_server_error_is_found() -> None:
    """A 500 for a client's fault is major, named by its status."""
    assert judged("no-server-error", _case(_trouble(answer(500)))) == Judgement(
        check="no-server-error",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "no-server-error",
                symptom="500",
                severity=Severity.MAJOR,
                happened="""'trouble' was answered 500 {"title": "no", "status": 500}: an error of the server""",
                expected="a legal message is accepted, "
                "a client's fault is answered 4xx (501 or 505 for a method or version)",
                why="anyone can raise this error at will; it hides real ones, invites retries, and shows an unguarded path",
                exchanges=(1,),
            ),
        ),
    )


def test_a_server_error_of_the_bare_server_is_the_servers() -> None:
    """What the trivial application shows, too, is the server's and does not fail the gate, unless it had an effect."""
    where = _with_control(_case(_trouble(answer(500))), answer(500))
    assert [(f.blame, f.fails_gate) for f in judged("no-server-error", where).findings] == [(Blame.SERVER, False)]
    reached = at_the_ledger(where, call(1, 5), call(2, 52))
    assert [(f.blame, f.fails_gate) for f in judged("no-server-error", reached).findings] == [(Blame.SERVER, True)]


def test_501_and_505_may_answer_a_clients_fault() -> None:
    """They name a method or a version; for a legal message they are errors like any other, and silence is no chance."""
    assert judged("no-server-error", _case(_trouble(answer(501)))) == holds("no-server-error", 1)
    assert list(symptoms(judged("no-server-error", _case(_trouble(answer(505), ACCEPTED))))) == ["505"]
    assert judged("no-server-error", _case(_trouble(Silence.CLOSED))) == holds("no-server-error", 0)


def test_a_malformed_message_that_is_accepted_is_found() -> None:
    """Accepted is major; accepted with its effect is critical; the rule beside the message is what was expected."""
    (accepted,) = judged("rejects-malformed", _case(_trouble(answer(201)))).findings
    assert accepted == found(
        "rejects-malformed",
        symptom="accepted",
        severity=Severity.MAJOR,
        happened="""'trouble' was answered 201 {"id": "b-1", "seats": 2}""",
        expected="seats is a number",
        why="data that nobody meant is processed as if it were right, and no one is told",
        exchanges=(1,),
    )
    done = at_the_ledger(_case(_trouble(answer(201))), call(1, 5), call(2, 52))
    assert symptoms(judged("rejects-malformed", done)) == {"accepted": ("critical must", "application", (1,))}
    incomplete = _case(_trouble(answer(201), INCOMPLETE))
    assert [f.expected for f in judged("rejects-malformed", incomplete).findings] == [
        "an incomplete message is never acted upon"
    ]


def test_accepted_by_the_bare_server_too_is_the_servers_but_reached_the_data() -> None:
    """A server that lets the message pass is blamed; the application acted on it, so the gate fails."""
    (found_,) = judged("rejects-malformed", _with_control(_case(_trouble(answer(201))), answer(200))).findings
    assert (found_.blame, found_.fails_gate) == (Blame.SERVER, True)


def test_another_code_of_the_right_class_is_a_note() -> None:
    """400 where 422 is the code: advice, never a failure. A policy that is not kept does not fail the gate either."""
    judgement = judged("rejects-malformed", _case(_trouble(answer(400))))
    assert symptoms(judgement) == {"other status": ("note should", "application", (1,))}
    policy = judged("rejects-malformed", _case(_trouble(answer(201), replace(REFUSED, force=Force.POLICY))))
    assert symptoms(policy) == {"accepted": ("major policy", "application", (1,))}


def test_an_incomplete_message_may_stay_unanswered() -> None:
    """4xx and silence are both right for it; a message that the rule leaves open is no chance."""
    for silence in (Silence.CLOSED, Silence.RESET, Silence.ABANDONED, Silence.TIMEOUT):
        case = _case(_trouble(silence, INCOMPLETE))
        assert judged("rejects-malformed", case) == holds("rejects-malformed", 1)
        assert judged("rejected-means-no-effect", case) == holds("rejected-means-no-effect", 1)
        assert judged("answer-in-time", case) == holds("answer-in-time", 1)
    assert judged("rejects-malformed", _case(_trouble(answer(201), EITHER))) == holds("rejects-malformed", 0)


def test_a_legal_message_that_is_refused_is_found() -> None:
    """4xx for a legal message is major; accepting it holds; a 5xx is for another check."""
    assert judged("accepts-legal", _case(_trouble(answer(422), ACCEPTED))) == Judgement(
        check="accepts-legal",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "accepts-legal",
                symptom="legal message rejected",
                severity=Severity.MAJOR,
                happened=f"'trouble' was answered 422 {NO}",
                expected="the message is legal and is accepted",
                why="a caller who keeps the contract is turned away, and retrying cannot help",
                exchanges=(1,),
            ),
        ),
    )
    for status in (201, 500):
        assert judged("accepts-legal", _case(_trouble(answer(status), ACCEPTED))) == holds("accepts-legal", 1)


def test_an_effect_of_a_refused_message_is_found() -> None:
    """Refused, cut or never answered, and yet something happened at a dependency: critical."""
    calls = (call(1, 5), call(2, 52))
    assert judged("rejected-means-no-effect", at_the_ledger(CLEAN, *calls)) == Judgement(
        check="rejected-means-no-effect",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "rejected-means-no-effect",
                symptom="effect despite rejection",
                severity=Severity.CRITICAL,
                call=KIND,
                happened=f"'trouble' was answered 422 {NO}, yet {KIND} took effect 1 time",
                expected="seats is a number",
                why="the caller believes that nothing happened and will send the corrected message as well",
                exchanges=(1,),
            ),
        ),
    )
    failed = at_the_ledger(_case(_trouble(answer(500))), *calls)
    assert list(symptoms(judged("rejected-means-no-effect", failed))) == ["effect despite rejection"]
    closed = at_the_ledger(_case(_trouble(Silence.CLOSED, INCOMPLETE, event=0)), call(1, 25), call(2, 52))
    assert list(symptoms(judged("rejected-means-no-effect", closed))) == ["effect despite rejection"]


def test_an_effect_that_may_be_anothers_is_not_known() -> None:
    """Two at work, no identity in the call: the check says so. Nor is it known while the case is not at rest."""
    other = exchange("b", 5, answer(422), event=2, expect=REFUSED)
    both = scope(FAMILY, _trouble(answer(422), took=30), other, settled=False)
    reason = (
        f"1 effect(s) ({KIND}) cannot be traced to one event: several were at work and the call carries no identity"
    )
    assert judged("rejected-means-no-effect", at_the_ledger(both, call(1, 7))) == not_known(
        "rejected-means-no-effect", reason, opportunities=2
    )
    restless = replace(CLEAN, unsettled="1 call(s) at ledger")
    assert judged("rejected-means-no-effect", restless) == not_known(
        "rejected-means-no-effect",
        "an effect may still come, the case did not come to rest: 1 call(s) at ledger",
        opportunities=1,
    )


def test_the_second_of_two_messages_in_a_packet_may_have_its_effect() -> None:
    """Where the bytes hold a second, valid request its effect is not held against the first."""
    two = _trouble(answer(400), message=Wire(chunks=(Chunk(data=b"x"),), answers=2))
    where = at_the_ledger(scope(FAMILY, two), call(1, 5))
    assert judged("rejected-means-no-effect", where) == holds("rejected-means-no-effect", 0)


def test_a_hang_is_found() -> None:
    """No answer by the client's bound, well beyond the deadline: major, whatever the message."""
    assert judged("answer-in-time", _case(_trouble(Silence.TIMEOUT, EITHER, took=3000))) == Judgement(
        check="answer-in-time",
        case="X1/book/1",
        opportunities=2,
        findings=(
            found(
                "answer-in-time",
                symptom="hang",
                severity=Severity.MAJOR,
                happened="'trouble' got no answer (timeout after 3.00 s)",
                expected="an answer within the deadline of 2 s",
                why="a caller waits for ever, and each one holds a thread and a connection",
                exchanges=(1,),
            ),
        ),
    )


def test_a_late_answer_is_found_only_where_the_clock_is_sound() -> None:
    """Within the margin holds; beyond it is found, unless the harness was held up or a watched route was slow, too."""
    late = _case(_trouble(answer(422), took=2400))
    assert judged("answer-in-time", _case(_trouble(answer(422), took=2240))) == holds("answer-in-time", 2)
    assert symptoms(judged("answer-in-time", late)) == {"late": ("major must", "application", (1,))}
    subject = "'trouble' ended after 2.40 s, which cannot be judged: "
    held = "the harness itself was held up for 1.500 s at that moment"
    for where, reason in (
        (replace(late, stalls=HELD_UP), held),
        (replace(late, stalls=()), "no clock control ran at that moment"),
        (
            replace(late, probes=(Probe(route="GET /healthz", status=200, sent=0, took=1.5),)),
            "the watched route GET /healthz took 1.50 s at that moment",
        ),
    ):
        assert judged("answer-in-time", where) == not_known(
            "answer-in-time", subject + reason, opportunities=1, disturbed=True
        )


def test_a_hang_beside_busy_neighbours_is_found_only_where_the_service_was_served() -> None:
    """Others that take half of the machine leave a hang open, unless watched routes were answered all along."""
    hang = _case(_trouble(Silence.TIMEOUT, took=3000))
    crowded = replace(hang, stalls=(Stall(at=60_000 * MS, worst=0.001, window=60.0, others=0.5),))
    probes = tuple(Probe(route="GET /healthz", status=200, sent=n * 500 * MS, took=0.02) for n in range(1, 5))
    others = "other processes took 50% of the machine's processors at that moment (50% at most)"
    (reason,) = judged("answer-in-time", crowded).unknown
    assert reason.endswith(f", but {others}")
    assert list(symptoms(judged("answer-in-time", replace(crowded, probes=probes)))) == ["hang"]


def test_a_close_is_no_answer_to_a_legal_message() -> None:
    """A bad message may be answered by a close, a legal one may not; a client that leaves on purpose is owed nothing."""
    assert judged("answer-in-time", _case(_trouble(Silence.RESET))) == holds("answer-in-time", 2)
    legal = judged("answer-in-time", _case(_trouble(Silence.CLOSED, ACCEPTED)))
    assert symptoms(legal) == {"no answer": ("major must", "application", (1,))}
    for gone in (
        _trouble(Silence.ABANDONED, give_up_after=0.1),
        _trouble(Silence.CLOSED, message=Wire(chunks=(Chunk(data=b"x"),), ending=Ending.RESET)),
    ):
        assert judged("answer-in-time", _case(gone)) == holds("answer-in-time", 1)


def test_the_clients_own_pauses_do_not_count() -> None:
    """A message that is sent slowly on purpose has its deadline after the pauses."""
    slow = _trouble(answer(422), took=4000, message=Wire(chunks=(Chunk(data=b"x", pause=3.0),)))
    assert judged("answer-in-time", _case(slow)) == holds("answer-in-time", 2)


def test_a_server_that_hangs_with_any_application_is_blamed() -> None:
    """Where the trivial application stays as silent it is the server's and does not fail the gate."""
    where = _with_control(_case(_trouble(Silence.TIMEOUT, took=3000)), Silence.TIMEOUT)
    assert [(f.blame, f.fails_gate) for f in judged("answer-in-time", where).findings] == [(Blame.SERVER, False)]


def test_a_valid_message_that_is_treated_otherwise_afterwards_is_found() -> None:
    """Another answer after an invalid message is major and shows both messages."""
    changed = replace(AFTER, answer=answer(201, {"id": "b", "seats": 7}))
    assert judged("unharmed-after", _case(_trouble(answer(422)), changed)) == Judgement(
        check="unharmed-after",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "unharmed-after",
                symptom="different answer",
                severity=Severity.MAJOR,
                happened="'after' was answered otherwise than in a clean run: /seats is 7 instead of 2",
                expected="a valid message after an invalid one is answered and takes effect exactly as in a clean run",
                why="one caller's bad message changes what happens to the next caller",
                exchanges=(1, 51),
            ),
        ),
    )


def test_harm_afterwards_is_told_by_its_kind() -> None:
    """Not accepted, another's identity in the answer, an effect lost or one too many: each has its own name."""
    alien = replace(AFTER, answer=answer(201, {"id": "b", "seats": 2, "for": "event-1"}))
    cases = {
        "not accepted": (_case(_trouble(answer(422)), replace(AFTER, answer=answer(500))), "major must", ""),
        "another request's data": (_case(_trouble(answer(422)), alien), "critical must", ""),
        "lost effect": (at_the_ledger(CLEAN), "critical must", f" {KIND}"),
        "extra effect": (at_the_ledger(CLEAN, call(1, 52), call(2, 53)), "critical must", f" {KIND}"),
    }
    for symptom, (where, force, kind) in cases.items():
        assert symptoms(judged("unharmed-after", where)) == {symptom: (force, f"application{kind}", (1, 51))}


def test_without_a_clean_run_harm_is_not_known() -> None:
    """No reference: unknown where there was something to compare, and nothing where there was not."""
    assert judged("unharmed-after", replace(CLEAN, references={})) == not_known(
        "unharmed-after", "there is no clean run to compare with"
    )
    assert judged("unharmed-after", scope(FAMILY, _trouble(answer(422)))) == holds("unharmed-after", 0)


def test_valid_messages_between_invalid_ones_are_each_compared() -> None:
    """Interleaved on one worker: every valid message is a chance, the effects traced by the time of their call."""
    turns = [
        exchange(f"m-{n}", n * 20, None if n % 2 else answer(422), event=n, expect=ACCEPTED if n % 2 else REFUSED)
        for n in range(1, 11)
    ]
    calls = [call(n, n * 20 + 5) for n in range(1, 11, 2)]
    assert judged("unharmed-after", at_the_ledger(scope(FAMILY, *turns, settled=False), *calls)) == holds(
        "unharmed-after", 4
    )


@pytest.mark.parametrize(
    ("what", "symptom"),
    [
        (Answer(status=0, body=b"gibberish", valid=False), "not HTTP"),
        (replace(answer(201), complete=False), "cut short"),
        (answer(200, b'{"a": NaN}'), "NaN or Infinity in JSON"),
        (answer(200, b'{"a": -Infinity}'), "NaN or Infinity in JSON"),
        (answer(200, b'{"a": "\xff"}'), "JSON that is not UTF-8"),
        (answer(200, b"{"), "broken JSON"),
        (answer(400, b"", "application/problem+json; charset=utf-8"), "broken JSON"),
    ],
)
def test_an_answer_that_is_not_well_formed_is_found(what: Answer, symptom: str) -> None:
    """Not HTTP, cut, or JSON that no strict reader takes: major. The trivial application's own is the server's."""
    where = scope(FAMILY, _trouble(what, ACCEPTED))
    assert symptoms(judged("answers-well-formed", where)) == {symptom: ("major must", "application", (1,))}
    shared = replace(where, control={"trouble": where.exchanges[0]})
    assert [f.blame for f in judged("answers-well-formed", shared).findings] == [Blame.SERVER]


@pytest.mark.parametrize(
    "what",
    [
        answer(200, b"not json", "text/plain"),
        answer(200, b"1" * 5000),
        answer(200, b"[" * 100_000 + b"]" * 100_000),
        Answer(status=204, headers=(("Content-Type", "application/json"),)),
        replace(answer(400), complete=False),
    ],
)
def test_an_answer_that_a_strict_reader_takes_holds(what: Answer) -> None:
    """Text is text, long numbers and deep nesting are JSON, 204 has no body, a refusal may be cut by a reset."""
    assert judged("answers-well-formed", scope(FAMILY, _trouble(what))) == holds("answers-well-formed", 1)


def test_answers_that_cannot_be_read_whole_are_no_chance() -> None:
    """An answer of which only the beginning was kept, and silence, are not judged."""
    clipped = _trouble(replace(answer(200, b"{"), clipped=True))
    where = scope(FAMILY, clipped, exchange("b", 20, Silence.CLOSED))
    assert judged("answers-well-formed", where) == holds("answers-well-formed", 0)


@pytest.mark.parametrize(
    ("what", "symptom"),
    [
        (answer(422, {}, "application/json"), "not problem+json"),
        (answer(422, b"<html>", "text/html"), "not problem+json"),
        (answer(422, {"status": 400}), "problem of another status"),
        (answer(422, b"[]"), "unreadable problem"),
        (answer(422, b"{"), "unreadable problem"),
        (answer(422, {"detail": "Traceback (most recent call last)"}), "internals in an error"),
        (answer(422, {"detail": "SELECT a FROM b"}), "internals in an error"),
    ],
)
def test_an_error_that_is_not_the_declared_problem_is_found(what: Answer, symptom: str) -> None:
    """Where the service declares problem+json an error of another form is a minor finding of policy."""
    judgement = judged("problem-json", scope(FAMILY, _trouble(what)))
    assert symptoms(judgement) == {symptom: ("minor policy", "application", (1,))}


def test_errors_that_the_application_did_not_write_are_no_chance() -> None:
    """What the bare server refuses, or may refuse where no control shows it, and undeclared errors are not judged."""
    html = answer(400, b"<html>", "text/html")
    wire = _trouble(html, message=Wire(chunks=(Chunk(data=b"x"),)))
    undeclared = Service(server=Server.GUNICORN, deadline=2.0)
    plain = scope(FAMILY, _trouble(html))
    for where in (
        _with_control(plain, answer(400)),
        scope(FAMILY, wire),
        scope(FAMILY, _trouble(html, data=b"POST / HTTP/1.1\r\nKey: \x01\r\n\r\n")),
        scope(FAMILY, _trouble(html, data=b"POST / HTTP/1.1\r\nKey: " + b"k" * 5000 + b"\r\n\r\n")),
        replace(plain, configuration=replace(plain.configuration, service=undeclared)),
    ):
        assert judged("problem-json", where) == holds("problem-json", 0)
    assert list(symptoms(judged("problem-json", _with_control(scope(FAMILY, wire), answer(200))))) == [
        "not problem+json"
    ]


def test_a_405_without_allow_is_found() -> None:
    """A wrong method is answered with the right ones; without them it is advice."""
    silent = scope(FAMILY, _trouble(answer(405), message=Request(method="PUT", target="/bookings")))
    assert symptoms(judged("method-not-allowed-names-methods", silent)) == {
        "no Allow": ("minor should", "application", (1,))
    }
    named = replace(answer(405), headers=(("allow", "POST"),))
    assert judged("method-not-allowed-names-methods", scope(FAMILY, _trouble(named))) == holds(
        "method-not-allowed-names-methods", 1
    )


def test_a_watched_probe_elsewhere_in_time_does_not_excuse() -> None:
    """Only what was slow at the same moment makes a late answer unknown."""
    late = _case(_trouble(answer(422), took=2400))
    elsewhere = replace(late, probes=(Probe(route="GET /healthz", status=200, sent=9000 * MS, took=1.5),))
    assert list(symptoms(judged("answer-in-time", elsewhere))) == ["late"]


def test_the_open_oracle_still_forbids_a_server_error() -> None:
    """Where the rule leaves the answer open, a 5xx and a hang are still wrong."""
    expect = Expectation(expected=Expected.EITHER, force=Force.POLICY)
    assert list(symptoms(judged("no-server-error", _case(_trouble(answer(500), expect))))) == ["500"]


def test_a_connection_that_ends_under_a_message_to_be_refused_is_found() -> None:
    """A crash is no refusal. What hangs is another check's, exact bytes may be closed on, and the server may do so alone."""
    gone = _case(_trouble(Silence.RESET))
    assert judged("rejects-malformed", gone) == Judgement(
        check="rejects-malformed",
        case="X1/book/1",
        opportunities=1,
        findings=(
            found(
                "rejects-malformed",
                symptom="no answer",
                severity=Severity.MAJOR,
                happened="'trouble' got no answer (reset after 0.01 s)",
                expected="seats is a number",
                why="whoever sent it by mistake sends it again; and what ends a connection like this is mostly a crash",
                exchanges=(1,),
            ),
        ),
    )
    bytes_ = Wire(chunks=(Chunk(data=b"POST"),))
    others = (_trouble(Silence.TIMEOUT), _trouble(Silence.RESET, message=bytes_), _trouble(Silence.RESET, INCOMPLETE))
    assert [judged("rejects-malformed", _case(other)) for other in others] == [holds("rejects-malformed", 1)] * 3
    servers = judged("rejects-malformed", _with_control(gone, Silence.RESET))
    assert [(f.blame, f.fails_gate) for f in servers.findings] == [(Blame.SERVER, False)]


def test_a_control_that_does_not_answer_a_plain_request_is_none() -> None:
    """What a dead application does not answer is laid to nobody; that it was never asked is as bad."""
    where = replace(_with_control(CLEAN, answer(200)), settles=2)
    alive = {CONTROL_ITSELF: exchange(CONTROL_ITSELF, 90, answer(200))}
    assert judged("carried-out", replace(where, control={**where.control, **alive})) == holds("carried-out", 4)
    dead = {CONTROL_ITSELF: exchange(CONTROL_ITSELF, 90, Silence.REFUSED)}
    reason = "the control application did not answer a plain request, so nothing can be laid to the server: "
    assert judged("carried-out", replace(where, control={**where.control, **dead})) == not_known(
        "carried-out", f"{reason}'control-itself' got no answer (refused after 0.01 s)", opportunities=4
    )
    assert judged("carried-out", where) == not_known(
        "carried-out", f"{reason}'control-itself' was never sent", opportunities=4
    )
