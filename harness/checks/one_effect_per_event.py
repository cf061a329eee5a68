"""However often an event is sent, it has its effect once; and once accepted, it has it.

Effects that carry no identity are counted together: where they come to what all events of the case are to have, that
is the account, and where they come to more, one was doubled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import is_expected, owes_effects
from harness.checks._rest import unrested
from harness.checks.registry import Check
from harness.history.owners import Accounts, accounts, expected_effects, tried
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected
from harness.model.verdicts import Severity

NAME = "one-effect-per-event"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each event that was sent and is to have an effect."""
    events = _events(scope)
    ledger = accounts(scope)
    unknown = list(ledger.not_known()) if events and not _adds_up(events, ledger) else []
    if events and scope.unsettled:
        unknown.append(f"effects may still come, the case did not come to rest: {unrested(scope)}")
    traced, made = not ledger.untraced, tried(scope)
    findings = [
        found
        for event, wanted in events.items()
        for found in _findings(scope, event, wanted, ledger, made=made, complete=traced and not unknown)
    ]
    findings += [] if traced else [f for f in _too_many(scope, events, ledger) if f.call not in _calls(findings)]
    return judgement(NAME, scope, len(events), findings, unknown)


Tried = Mapping[int, frozenset[str]]
"""The kinds of calls that were made for an exchange, by its number."""

Wanted = Mapping[str, Mapping[str, int]]
"""The effects that an event is to have, by operation and kind: at another operation an identity is another event."""


def _events(scope: Scope) -> Mapping[int, Wanted]:
    """Return the events of the case with the effects that each is to have."""
    found: dict[int, dict[str, Mapping[str, int]]] = {}
    for exchange in sorted(scope.exchanges, key=owes_effects):
        kinds = _kinds(scope, exchange) if exchange.event else {}
        if kinds:
            found.setdefault(exchange.event, {})[exchange.operation] = kinds
    return found


def _kinds(scope: Scope, exchange: Exchange) -> Mapping[str, int]:
    """Return the effects of a message by kind; of one that no clean run tells of, the declared one alone is known."""
    kinds = expected_effects(scope, exchange.operation)
    declared = scope.configuration.operation(exchange.operation).effect
    if owes_effects(exchange):
        return kinds
    return {kind: n for kind, n in kinds.items() if declared and kind == f"{declared.dependency} {declared.route}"}


def _sum(wanted: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for kinds in wanted:
        total.update(kinds)
    return total


def _total(events: Mapping[int, Wanted]) -> Counter[str]:
    return _sum(kinds for wanted in events.values() for kinds in wanted.values())


def _seen(ledger: Accounts) -> Counter[str]:
    """Return every new effect, traced to an event or not, by kind."""
    return _sum(ledger.new.values()) + Counter(ledger.untraced)


def _adds_up(events: Mapping[int, Wanted], ledger: Accounts) -> bool:
    seen = _seen(ledger)
    return all(seen[kind] == number for kind, number in _total(events).items())


def _calls(findings: Iterable[Finding]) -> frozenset[str]:
    return frozenset(found.call for found in findings)


def _too_many(scope: Scope, events: Mapping[int, Wanted], ledger: Accounts) -> Iterator[Finding]:
    """Yield the kinds of which there are more effects than all events together are to have."""
    seen = _seen(ledger)
    for kind, number in _total(events).items():
        if seen[kind] > number:
            sent = tuple(e for e in scope.exchanges if e.event in events)
            happened = f"{len(events)} events were sent {len(sent)} times and {kind} took effect {seen[kind]} times"
            yield _doubled(scope, sent[-2:], kind, f"{number} effects of {kind} in all", happened)


def _findings(
    scope: Scope, event: int, wanted: Wanted, ledger: Accounts, *, made: Tried, complete: bool
) -> Iterator[Finding]:
    """Yield what is too much; and where the account is ``complete`` what is missing. ``made`` is what was tried.

    Under a failing dependency a missing effect is judged by ``success-means-effect``.
    """
    sent = scope.of_event(event)
    accepted = [e for e in sent if e.outcome is Outcome.ACCEPTED and not is_expected(e, Expected.REJECTED)]
    owed = _sum(_owed(wanted[o], [e for e in accepted if e.operation == o], made) for o in wanted)
    for kind, number in _sum(wanted.values()).items():
        found = ledger.new_of(sent[0]).get(kind, 0)
        if found > number:
            happened = f"event {event} was sent {len(sent)} times and {kind} took effect {found} times"
            times = f"{number} effect{'s' if number > 1 else ''}"
            expected = f"{times} of {kind} for one event, however often it is sent"
            yield _doubled(scope, sent, kind, expected, happened)
        elif found < owed[kind] and complete and scope.case.family is Family.DUPLICATE:
            yield _lost(scope, accepted[-1] if len(wanted) > 1 else accepted[0], kind, found, owed[kind])


def _owed(kinds: Mapping[str, int], accepted: list[Exchange], made: Tried) -> Mapping[str, int]:
    """Return what an event owes at one operation where these of its messages were accepted."""
    if any(map(owes_effects, accepted)):
        return kinds
    own = frozenset(kind for exchange in accepted for kind in made.get(exchange.number, ()))
    return {kind: number for kind, number in kinds.items() if kind in own}


def _doubled(scope: Scope, sent: tuple[Exchange, ...], kind: str, expected: str, happened: str) -> Finding:
    return finding(
        NAME,
        scope,
        sent,
        symptom="doubled effect",
        severity=Severity.CRITICAL,
        call=kind,
        happened=happened,
        expected=expected,
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
