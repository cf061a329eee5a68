"""Before any trouble the service does what it does in a clean run; else the case shows nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.checks._evidence import judgement, told
from harness.checks._messages import is_expected
from harness.checks._repeats import comparable
from harness.checks.registry import Check
from harness.history.owners import actor, counted, owners
from harness.history.references import differences
from harness.model.cases import Family
from harness.model.judgements import Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Reference, Scope
from harness.model.steps import Expected, Phase

NAME = "baseline-holds"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for the reference and one for each baseline message; what fails makes the case unknown.

    The clean runs themselves have nothing to be compared with: there it is enough that all is accepted.
    """
    if scope.case.family is Family.REFERENCE:
        refused = [told(e) for e in scope.exchanges if e.outcome is not Outcome.ACCEPTED]
        return judgement(NAME, scope, len(scope.exchanges), unknown=refused)
    reference = scope.reference
    if reference is None:
        return judgement(NAME, scope, 0, unknown=[f"no clean run of {scope.case.operation} was made"])
    if reference.trouble:
        return judgement(NAME, scope, 1, unknown=[f"there is no reference: {reference.trouble}"])
    baseline = _baseline(scope)
    failing = [f"the baseline fails: {reason}" for exchange in baseline for reason in _failing(scope, exchange)]
    return judgement(NAME, scope, 1 + len(baseline), unknown=failing)


def _baseline(scope: Scope) -> tuple[Exchange, ...]:
    """Return the valid messages before the trouble, each the first of its event."""
    first = {actor(exchange): exchange.number for exchange in reversed(scope.exchanges)}
    return tuple(
        exchange
        for exchange in scope.exchanges
        if exchange.phase is Phase.BASELINE
        and is_expected(exchange, Expected.ACCEPTED)
        and first[actor(exchange)] == exchange.number
    )


def _failing(scope: Scope, exchange: Exchange) -> Iterator[str]:
    """Say how a baseline message was treated otherwise than in a clean run."""
    reference = scope.references.get(exchange.operation)
    if reference is None or reference.trouble:
        yield f"there is no reference for {exchange.operation}"
    elif exchange.outcome is not Outcome.ACCEPTED or exchange.answer is None:
        yield told(exchange)
    else:
        changes = differences(reference, exchange.answer, exchange.data) if comparable(exchange) else ()
        yield from (f"'{exchange.label}': {change}" for change in changes)
        yield from _calls(scope, exchange, reference)


def _calls(scope: Scope, exchange: Exchange, reference: Reference) -> Iterator[str]:
    """Say how the calls and new effects of a message differ, up to the next message."""
    end = min((e.sent for e in scope.exchanges if e.sent > exchange.sent), default=None)
    own = [
        call
        for call, who in owners(scope)
        if who in (actor(exchange), None) and call.received >= exchange.sent and (end is None or call.received < end)
    ]
    numbers = {(call.dependency, call.number) for call in own}
    calls = Counter(f"{call.dependency} {call.call or call.method + ' ' + call.target}" for call in own)
    effects = Counter(
        f"{e.dependency} {e.call}" for e in scope.effects if e.new and (e.dependency, e.call_number) in numbers
    )
    for what, found, wanted in (("calls", calls, reference.calls), ("effects", effects, reference.effects)):
        if found != Counter(wanted):
            yield f"'{exchange.label}' caused these {what}: {counted(found)} instead of {counted(wanted)}"


CHECK = Check(
    name=NAME,
    title="The baseline holds",
    doc="Before any trouble the answer, the calls and the effects are those of a clean run; else the case is unknown.",
    families=frozenset(Family),
    judge=judge,
    always=True,
)
