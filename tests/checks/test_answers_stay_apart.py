"""Several requests in one write: what stands behind a bad one is answered right, or not at all."""

from __future__ import annotations

from dataclasses import replace

from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Answer, Chunk, Wire
from harness.model.scope import Scope
from harness.model.verdicts import Blame, Severity
from tests.checks.scenes import REFUSED, answer, exchange, holds, judged, scope

CHECK = "answers-stay-apart"
PAIR = Wire(chunks=(Chunk(data=b"two requests"),), answers=2)


def _scope(*later: Answer) -> Scope:
    first = replace(exchange("trouble", 0, answer(400), expect=REFUSED, message=PAIR), later=later)
    return scope(Family.MALFORMED, first)


def test_a_right_answer_or_a_close_behind_a_bad_request_is_well() -> None:
    """Both are an opportunity that was not taken."""
    assert [judged(CHECK, _scope(answer(200))), judged(CHECK, _scope())] == [holds(CHECK, 1)] * 2


def test_another_answer_means_that_bytes_were_mixed() -> None:
    """The valid request behind the bad one was read wrongly."""
    assert judged(CHECK, _scope(answer(400))) == Judgement(
        check=CHECK,
        case="X1/book/1",
        opportunities=1,
        findings=(
            Finding(
                check=CHECK,
                case="X1/book/1",
                entry="X1",
                operation="book",
                trouble="some trouble",
                symptom="mixed requests",
                severity=Severity.MAJOR,
                happened="the valid request behind the bad one was answered with 400",
                expected="seats is a number",
                why="bytes of one caller's request are read as part of another's: the opening for request smuggling",
                exchanges=(1,),
            ),
        ),
    )


def test_what_the_trivial_application_shows_too_is_the_servers() -> None:
    """The same mix-up on the control is blamed on the server, and does not fail the gate by itself."""
    seen = _scope(answer(400))
    both = replace(seen, control={"trouble": seen.exchanges[0]})
    (finding,) = judged(CHECK, both).findings
    assert (finding.blame, finding.fails_gate) == (Blame.SERVER, False)


def test_a_single_request_is_no_opportunity() -> None:
    """One request cannot be mixed with another."""
    assert judged(CHECK, scope(Family.MALFORMED, exchange("trouble", 0, answer(400), expect=REFUSED))) == holds(
        CHECK, 0
    )
