"""The check `answers-belong-to-requests`: one caller's data never stands in another's answer."""

from __future__ import annotations

import json
from dataclasses import replace

from harness.checks.load_answers_belong import judge
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Reference
from harness.model.verdicts import Severity
from tests.load.scopes import REFERENCE, asked, finding, identity, load_scope, required, word

NAME = "answers-belong-to-requests"
EXPECTED = "each answer repeats its own request as often as the clean answer does, and nothing of others"


def judged(opportunities: int, *findings: Finding, unknown: tuple[str, ...] = ()) -> Judgement:
    return Judgement(check=NAME, case="L/create/x", opportunities=opportunities, findings=findings, unknown=unknown)


def body(*words: str) -> str:
    return json.dumps({"accepted": words, "id": "x"})


def test_answers_with_their_own_words_hold() -> None:
    """Every accepted answer is an opportunity, in whatever letter case; others are not judged."""
    shouted = asked(3, body=body(word(3).upper()))
    scope = load_scope(asked(1), asked(2), shouted, asked(4, status=500, body=body(word(1))))
    assert judge(scope) == judged(3)


def test_a_repeat_of_an_event_shares_its_words() -> None:
    """A duplicate is answered with the words of its event, which are its own."""
    assert judge(load_scope(asked(1), asked(2, event=1))) == judged(2)


def test_data_of_another_request_is_critical() -> None:
    """The finding names both events and shows the answer."""
    crossed = asked(2, body=body(word(2), word(1)))
    assert judge(load_scope(asked(1), crossed)) == judged(
        2,
        finding(
            NAME,
            "another request's data",
            Severity.CRITICAL,
            happened="data of another request stands in the answers of 1 request (#2); #2 (event 2) sent ghjkj and was "
            'answered 201 with data of event 1: {"accepted": ["ghjkj", "ghjkh"], "id": "x"}',
            expected=EXPECTED,
            why="one caller sees or stores what belongs to another",
        ),
    )


def test_an_identity_of_another_request_is_critical_too() -> None:
    """An answer that carries another event's key is not this event's answer."""
    crossed = asked(2, body=body(word(2), identity(1)))
    assert [f.symptom for f in judge(load_scope(asked(1), crossed)).findings] == ["another request's data"]


def test_words_that_are_lost_or_repeated_are_found() -> None:
    """An answer without its own words, or with too many, was not made from its request alone."""
    scope = load_scope(asked(1, body=body()), asked(2, body=body(word(2), word(2))))
    why = "what a caller sent is not what the service worked with"
    assert judge(scope) == judged(
        2,
        finding(
            NAME,
            "own data missing",
            Severity.MAJOR,
            happened="data of the request itself is missing in the answers of 1 request (#1); #1 (event 1) sent ghjkh and "
            'was answered 201: {"accepted": [], "id": "x"}',
            expected=EXPECTED,
            why=why,
        ),
        finding(
            NAME,
            "own data repeated",
            Severity.MAJOR,
            happened="data of the request itself stands too often in the answers of 1 request (#2); #2 (event 2) sent ghjkj "
            'and was answered 201: {"accepted": ["ghjkj", "ghjkj"], "id": "x"}',
            expected=EXPECTED,
            why=why,
        ),
    )


def test_a_body_that_the_log_cut_cannot_miss_words() -> None:
    """What lies behind the cut is not known."""
    assert judge(load_scope(asked(1), asked(2, body="y" * 4096))) == judged(
        1, unknown=("1 answers are longer than what the log keeps of them",)
    )


def test_without_an_echo_nothing_can_be_told() -> None:
    """Where the clean answer repeats no word, or there is none: unknown if asked for, else not applicable."""
    mute = load_scope(asked(1), references={"create": replace(REFERENCE, answer={"id": "x1"})})
    broken = load_scope(asked(1), references={"create": Reference(operation="create", runs=0, trouble="no run")})
    assert (judge(mute), judge(required(mute, NAME)), judge(required(broken, NAME))) == (
        judged(0),
        judged(0, unknown=("the clean answer repeats none of the request's words, so no answer can be told by them",)),
        judged(0, unknown=("what the answer repeats of its request is not known: no run",)),
    )
