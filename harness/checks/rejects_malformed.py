"""What must be refused is refused, and what never arrived whole is not acted upon."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, rule, told
from harness.checks._messages import blame, expectation, is_expected, several_messages, under_test, wire
from harness.checks.registry import Check
from harness.history.owners import Accounts, accounts, counted
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome, Silence
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected
from harness.model.verdicts import Blame, Force, Severity

NAME = "rejects-malformed"

LARGE = 16 * 1024
"""Bytes of a message from which a server may refuse it unread, and its answer may be lost on the way."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each message that must be refused (or left unanswered) and whose end was seen."""
    ledger = accounts(scope)
    bad = [e for e in under_test(scope) if is_expected(e, Expected.REJECTED, Expected.UNANSWERED_OR_REJECTED)]
    ended = [e for e in bad if e.answer is not None or e.silence is not None]
    return judgement(NAME, scope, len(ended), [found for e in ended for found in _findings(scope, e, ledger)])


def _findings(scope: Scope, exchange: Exchange, ledger: Accounts) -> Iterator[Finding]:
    if exchange.outcome is Outcome.ACCEPTED:
        yield _accepted(scope, exchange, ledger)
    elif exchange.outcome is Outcome.REJECTED:
        yield from _other_status(scope, exchange)
    elif _owed_a_refusal(exchange):
        yield _unanswered(scope, exchange)


def _owed_a_refusal(exchange: Exchange) -> bool:
    """Tell whether the connection just ended under a well-formed request that had to be refused.

    What a server reads as bytes it may close on, and under a large body that it does not want its answer may be lost.
    A hang is another check's.
    """
    gone = exchange.silence in (Silence.CLOSED, Silence.RESET, Silence.REFUSED)
    return gone and wire(exchange) is None and is_expected(exchange, Expected.REJECTED) and len(exchange.data) < LARGE


def _unanswered(scope: Scope, exchange: Exchange) -> Finding:
    control = scope.control.get(exchange.label)
    layer = Blame.SERVER if control is not None and control.answer is None else Blame.APPLICATION
    return finding(
        NAME,
        scope,
        [exchange],
        symptom="no answer",
        severity=Severity.MAJOR,
        force=expectation(exchange).force,
        happened=told(exchange),
        expected=rule(exchange, "the message is refused with 4xx"),
        why="whoever sent it by mistake sends it again; and what ends a connection like this is mostly a crash",
        blame=layer,
        reached_data=layer is Blame.APPLICATION,
    )


def _accepted(scope: Scope, exchange: Exchange, ledger: Accounts) -> Finding:
    effects = {} if several_messages(exchange) else dict(ledger.new_of(exchange))
    layer = blame(scope, exchange, 2)
    done = f", and its effect was done: {counted(effects)}" if effects else ""
    incomplete = is_expected(exchange, Expected.UNANSWERED_OR_REJECTED)
    return finding(
        NAME,
        scope,
        [exchange],
        symptom="accepted",
        severity=Severity.CRITICAL if effects else Severity.MAJOR,
        force=expectation(exchange).force,
        happened=told(exchange) + done,
        expected=rule(
            exchange, "an incomplete message is never acted upon" if incomplete else "the message is refused with 4xx"
        ),
        why="data that nobody meant is processed as if it were right, and no one is told",
        blame=layer,
        reached_data=True,
    )


def _other_status(scope: Scope, exchange: Exchange) -> Iterator[Finding]:
    """Note a refusal by another code than the rule names: right for the client's program, less clear to its author."""
    statuses = expectation(exchange).statuses
    if not statuses or exchange.status in statuses:
        return
    layer = blame(scope, exchange, 4)
    yield finding(
        NAME,
        scope,
        [exchange],
        symptom="other status",
        severity=Severity.NOTE,
        force=Force.SHOULD,
        happened=told(exchange),
        expected=f"{' or '.join(map(str, statuses))}: {rule(exchange, 'the code that names this fault')}",
        why="a client that reads the code is told of another fault than the one it made",
        blame=layer,
        reached_data=layer is Blame.APPLICATION,
    )


CHECK = Check(
    name=NAME,
    title="Malformed messages are refused",
    doc="A message that a rule forbids is answered 4xx, an incomplete one 4xx or not at all; neither is accepted.",
    families=frozenset({Family.MALFORMED}),
    judge=judge,
)
