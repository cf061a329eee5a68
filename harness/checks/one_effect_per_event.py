"""However often an event is sent, it has its effect once; and once accepted, it has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import is_expected
from harness.checks._owners import Accounts, accounts, expected_effects
from harness.checks.registry import Check
from harness.model.cases import Expected, Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Severity

NAME = "one-effect-per-event"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each event that was sent and is to have an effect."""
    events = _events(scope)
    ledger = accounts(scope)
    unknown = list(ledger.not_known()) if events else []
    if events and scope.unsettled:
        unknown.append(f"effects may still come, the case did not come to rest: {scope.unsettled}")
    findings = [
        found
        for event, wanted in events.items()
        for found in _findings(scope, scope.of_event(event), wanted, ledger, complete=not unknown)
    ]
    return judgement(NAME, scope, len(events), findings, unknown)


def _events(scope: Scope) -> Mapping[int, Mapping[str, int]]:
    """Return the events of the case with the effects that each is to have, by kind."""
    wanted = {e.event: expected_effects(scope, e.operation) for e in scope.exchanges if e.event}
    return {event: kinds for event, kinds in wanted.items() if kinds}


def _findings(
    scope: Scope, sent: tuple[Exchange, ...], wanted: Mapping[str, int], ledger: Accounts, *, complete: bool
) -> Iterator[Finding]:
    """Yield what is too much; and where the account is ``complete`` what is missing.

    Under a failing dependency a missing effect is judged by ``success-means-effect``.
    """
    accepted = [e for e in sent if e.outcome is Outcome.ACCEPTED and not is_expected(e, Expected.REJECTED)]
    for kind, number in wanted.items():
        found = ledger.new_of(sent[0]).get(kind, 0)
        if found > number:
            yield _doubled(scope, sent, kind, found, number)
        elif found < number and accepted and complete and scope.case.family is Family.DUPLICATE:
            yield _lost(scope, accepted[0], kind, found, number)


def _doubled(scope: Scope, sent: tuple[Exchange, ...], kind: str, found: int, wanted: int) -> Finding:
    return finding(
        NAME,
        scope,
        sent,
        symptom="doubled effect",
        severity=Severity.CRITICAL,
        call=kind,
        happened=f"event {sent[0].event} was sent {len(sent)} times and {kind} took effect {found} times",
        expected=f"{wanted} effect{'s' if wanted > 1 else ''} of {kind} for one event, however often it is sent",
        why="money is booked twice, mail is sent twice: the caller did everything right and cannot see it",
    )


def _lost(scope: Scope, exchange: Exchange, kind: str, found: int, wanted: int) -> Finding:
    return finding(
        NAME,
        scope,
        [exchange],
        symptom="lost effect",
        severity=Severity.CRITICAL,
        call=kind,
        happened=f"{told(exchange)}, and {kind} took effect {found} times by the end of the case",
        expected=f"an accepted event has its effect {wanted} time{'s' if wanted > 1 else ''}",
        why="the caller was told that it is done, so nobody will ever do it",
    )


CHECK = Check(
    name=NAME,
    title="One effect per event",
    doc="An event has its effect once, however often it is sent; an accepted one is not without it.",
    families=frozenset({Family.DUPLICATE, Family.TIMEOUT}),
    judge=judge,
)
