"""Behind a bad request on the same connection: the next one is answered right, or the connection is closed."""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, rule
from harness.checks._messages import under_test
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Answer, Wire
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Blame, Severity

NAME = "answers-stay-apart"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each exchange of several requests in one write whose first was answered."""
    several = [e for e in under_test(scope) if _requests(e) > 1 and e.answer is not None]
    return judgement(NAME, scope, len(several), [_finding(scope, e) for e in several if _mixed(e)])


def _requests(exchange: Exchange) -> int:
    message = exchange.planned.message if exchange.planned else None
    return message.answers if isinstance(message, Wire) else 1


def _mixed(exchange: Exchange | None) -> Answer | None:
    """Return the first later answer that is not a success; the requests behind the first are all valid."""
    later = exchange.later if exchange else ()
    return next((answer for answer in later if not answer.valid or answer.status // 100 != 2), None)


def _finding(scope: Scope, exchange: Exchange) -> Finding:
    answer = _mixed(exchange)
    seen = f"{answer.status}" if answer and answer.valid else "bytes that are no answer"
    layer = Blame.SERVER if _mixed(scope.control.get(exchange.label)) else Blame.APPLICATION
    return finding(
        NAME,
        scope,
        [exchange],
        symptom="mixed requests",
        severity=Severity.MAJOR,
        happened=f"the valid request behind the bad one was answered with {seen}",
        expected=rule(exchange, "the next request is answered right, or the connection is closed"),
        why="bytes of one caller's request are read as part of another's: the opening for request smuggling",
        blame=layer,
        reached_data=layer is Blame.APPLICATION,
    )


CHECK = Check(
    name=NAME,
    title="Requests on one connection stay apart",
    doc="Behind a bad request the next on the connection is answered 2xx as ever, or the connection is closed.",
    families=frozenset({Family.MALFORMED}),
    judge=judge,
)
