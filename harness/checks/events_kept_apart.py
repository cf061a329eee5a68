"""Different events have different answers: none is answered with what belongs to another.

Events are different where their identities are, or where the operations are. A refusal is always fair: whether two
nearly equal identities are one is the service's own affair, as long as nobody gets a wrong answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.checks._evidence import finding, judgement, told
from harness.checks._repeats import same_body
from harness.checks.registry import Check
from harness.history.references import answer_json, leaves
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Severity

NAME = "events-kept-apart"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered message before which another event was accepted."""
    exchanges = sorted(scope.exchanges, key=lambda e: e.sent)
    opportunities = 0
    findings: list[Finding] = []
    for place, exchange in enumerate(exchanges):
        others = [e for e in exchanges[:place] if _other(e, exchange)]
        if exchange.answer is None or not others:
            continue
        opportunities += 1
        findings.extend(_findings(scope, exchange, others))
    return judgement(NAME, scope, opportunities, findings)


def _other(one: Exchange, exchange: Exchange) -> bool:
    """Tell whether ``one`` was accepted as another event than that of ``exchange``."""
    different = (one.event, one.operation) != (exchange.event, exchange.operation)
    return bool(one.event and exchange.event and different) and one.outcome is Outcome.ACCEPTED


def _findings(scope: Scope, exchange: Exchange, others: list[Exchange]) -> Iterator[Finding]:
    """Yield what shows that an accepted message was answered as if it were another event."""
    if exchange.outcome is not Outcome.ACCEPTED or exchange.answer is None:
        return
    for other in others:
        if other.answer is not None and _shared(scope, exchange, other):
            yield _finding(scope, other, exchange, "answered as another event")
            return
        if _quotes(exchange, other):
            yield _finding(scope, other, exchange, "another event's data")
            return


def _shared(scope: Scope, exchange: Exchange, other: Exchange) -> bool:
    """Tell whether two answers are one: the same bytes though they carry identifiers, or the same identifiers."""
    names = _identifiers(scope, exchange.operation)
    if exchange.answer is None or other.answer is None or not names:
        return False
    if exchange.operation != other.operation:
        return same_body(exchange.answer, other.answer)
    mine, theirs = _values(exchange, names), _values(other, names)
    return bool(mine) and mine == theirs


def _identifiers(scope: Scope, operation: str) -> tuple[str, ...]:
    """Return the pointers of an answer whose values name one event: identifiers, as the clean runs showed them."""
    reference = scope.references.get(operation)
    noise: Mapping[str, str] = reference.noise if reference is not None and not reference.trouble else {}
    return tuple(pointer for pointer, kind in noise.items() if kind == "identifier")


def _values(exchange: Exchange, pointers: tuple[str, ...]) -> tuple[object, ...]:
    is_json, value = answer_json(exchange.answer) if exchange.answer else (False, None)
    found = leaves(value) if is_json else {}
    return tuple(found[pointer] for pointer in pointers if pointer in found)


def _quotes(exchange: Exchange, other: Exchange) -> bool:
    """Tell whether an answer holds the identity of an event that its request does not name."""
    theirs = other.identity.encode()
    body = exchange.answer.body if exchange.answer else b""
    return bool(theirs) and other.identity != exchange.identity and theirs in body and theirs not in exchange.data


def _finding(scope: Scope, other: Exchange, exchange: Exchange, symptom: str) -> Finding:
    return finding(
        NAME,
        scope,
        [other, exchange],
        symptom=symptom,
        severity=Severity.CRITICAL,
        happened=f"{told(other)}; {told(exchange)}, though it is another event",
        expected="each event is answered with its own result, or refused",
        why="one caller gets another's receipt, and what it asked for is never done",
    )


CHECK = Check(
    name=NAME,
    title="Events are kept apart",
    doc="An event is answered with its own result or refused, never with the result of another event or operation.",
    families=frozenset({Family.DUPLICATE}),
    judge=judge,
)
