"""A duplicate is served or told to wait; it never makes the service fail. Silence is judged by ``answer-in-time``.

A declared failure says that the service lacked time; it is laid to the service only where the machine did not lack it.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, told
from harness.checks._repeats import Repeats, accepted, repeats
from harness.checks._timing import held_up, margin
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected
from harness.model.verdicts import Force, Severity

NAME = "duplicates-answered"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered duplicate, those sent at the same instant all included."""
    duplicates = [(e, group) for group in repeats(scope) for e in _duplicates(group)]
    unknown = [reason for e, _ in duplicates if (reason := _starved(scope, e))]
    findings = [found for e, group in duplicates if not _starved(scope, e) for found in _findings(scope, e, group)]
    findings.extend(_none_accepted(scope, group) for group in repeats(scope) if _all_told_to_wait(scope, group))
    return judgement(NAME, scope, len(duplicates) - len(unknown), findings, unknown, disturbed=bool(unknown))


def _starved(scope: Scope, exchange: Exchange) -> str:
    """Say why a declared failure may be the machine's doing; empty: it is not, or there is none."""
    if exchange.status not in scope.operation.failing or _excused(scope, exchange):
        return ""
    reason = held_up(scope, exchange.sent, exchange.done, margin(scope) / 2)
    return f"{told(exchange)}, which cannot be judged: {reason}" if reason else ""


def _duplicates(group: Repeats) -> Repeats:
    return tuple(e for e in group if e.answer is not None and (e is not group[0] or e.group) and not _refusable(e))


def _refusable(exchange: Exchange) -> bool:
    """Tell whether the oracle written beside a message leaves a refusal open, or asks for it."""
    expect = exchange.planned.expect if exchange.planned else None
    return expect is not None and expect.expected is not Expected.ACCEPTED


def _findings(scope: Scope, exchange: Exchange, group: Repeats) -> Iterator[Finding]:
    if exchange.outcome is Outcome.ACCEPTED or _excused(scope, exchange):
        return
    if exchange.status not in scope.operation.in_flight:
        symptom = str(exchange.status) if exchange.outcome is Outcome.FAILED else "refused"
        why = "the caller who asks again after a lost answer is told that it failed, though it was done"
        yield _finding(scope, (group[0], exchange), symptom, Force.MUST, why)
    elif accepted(group) and not _overlapped(exchange, group):
        why = "the first is complete, yet the caller who lost its answer never gets it"
        yield _finding(scope, (group[0], exchange), "refused after completion", Force.SHOULD, why)


def _excused(scope: Scope, exchange: Exchange) -> bool:
    """Tell whether a failing dependency explains the answer."""
    return exchange.status in scope.operation.failing and any(fault.firings for fault in scope.faults)


def _overlapped(exchange: Exchange, group: Repeats) -> bool:
    """Tell whether another of the group can have been at work while ``exchange`` was."""
    others = (e for e in group if e is not exchange and e.sent < exchange.done)
    return any(e.done > exchange.sent or e.answer is None for e in others)


def _all_told_to_wait(scope: Scope, group: Repeats) -> bool:
    return all(e.status in scope.operation.in_flight and not _refusable(e) for e in group)


def _none_accepted(scope: Scope, group: Repeats) -> Finding:
    return _finding(scope, group, "none accepted", Force.MUST, "each waits for another, and nothing is done for anyone")


def _finding(scope: Scope, exchanges: Repeats, symptom: str, force: Force, why: str) -> Finding:
    waiting = " or ".join(map(str, scope.operation.in_flight))
    return finding(
        NAME,
        scope,
        exchanges,
        symptom=symptom,
        severity=Severity.MAJOR,
        force=force,
        happened=f"the same event was sent {len(scope.of_event(exchanges[-1].event))} times; {told(exchanges[-1])}",
        expected=f"2xx, or {waiting} while another is still at work" if waiting else "2xx",
        why=why,
    )


CHECK = Check(
    name=NAME,
    title="Duplicates are answered",
    doc="A duplicate is answered 2xx, or told to wait while another of its event is at work; never 5xx.",
    families=frozenset({Family.DUPLICATE}),
    judge=judge,
    timed=True,
)
