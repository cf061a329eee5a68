"""When a bad message has been dealt with, the right one of the same event is not held up as if it were in flight.

Whether a refused key may carry another body is the service's rule (accepts-legal tells of it as policy). That
something is at work under it, when nothing is, is no rule but a claim that nobody gave back.
"""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import expectation, is_expected
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Exchange, Scope
from harness.model.steps import Compared, Expected, Phase
from harness.model.verdicts import Severity

NAME = "correction-not-in-flight"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered correction of an event whose earlier message had ended."""
    corrections = [e for e in scope.exchanges if e.answer is not None and _correction(scope, e)]
    held_up = [e for e in corrections if e.status in scope.operation.in_flight]
    return judgement(NAME, scope, len(corrections), [_finding(scope, e) for e in held_up])


def _correction(scope: Scope, exchange: Exchange) -> bool:
    """Tell whether a message is the right one after a bad one of its event, which was answered."""
    right = is_expected(exchange, Expected.ACCEPTED) and expectation(exchange).compared is Compared.RESULT
    return right and exchange.phase is Phase.RECOVERY and bool(_earlier(scope, exchange))


def _earlier(scope: Scope, exchange: Exchange) -> list[Exchange]:
    return [
        e for e in scope.of_event(exchange.event) if exchange.event and e.done <= exchange.sent and e.answer is not None
    ]


def _finding(scope: Scope, exchange: Exchange) -> Finding:
    earlier = _earlier(scope, exchange)
    return finding(
        NAME,
        scope,
        [*earlier, exchange],
        symptom="held up by a refused message",
        severity=Severity.MAJOR,
        happened=f"{told(earlier[-1])}; then {told(exchange)}",
        expected="a message that was refused holds no claim: nothing of its event is in flight any more",
        why="a caller that mends its message at once is told to wait for a request that does not exist",
    )


CHECK = Check(
    name=NAME,
    title="A refused message holds nothing up",
    doc="The right message after a refused one of the same event is not answered as if that one were in flight.",
    families=frozenset({Family.MALFORMED}),
    judge=judge,
)
