"""A client's fault never gives a 5xx (RFC 9110, 15.6: it means that the server erred).

501 and 505 aside: they name an unknown method and an unknown version.
"""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import CLIENTS_FAULT, blame, is_expected, under_test
from harness.checks.registry import Check
from harness.history.owners import Accounts, accounts
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected
from harness.model.verdicts import Blame, Severity

NAME = "no-server-error"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered message under test."""
    answered = [exchange for exchange in under_test(scope) if exchange.answer is not None]
    ledger = accounts(scope)
    failed = [exchange for exchange in answered if _failed(exchange)]
    return judgement(NAME, scope, len(answered), [_finding(scope, exchange, ledger) for exchange in failed])


def _failed(exchange: Exchange) -> bool:
    excused = exchange.status in CLIENTS_FAULT and not is_expected(exchange, Expected.ACCEPTED)
    return exchange.outcome is Outcome.FAILED and not excused


def _finding(scope: Scope, exchange: Exchange, ledger: Accounts) -> Finding:
    layer = blame(scope, exchange, 5)
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=str(exchange.status),
        severity=Severity.MAJOR,
        happened=f"{told(exchange)}: an error of the server",
        expected="a legal message is accepted, a client's fault is answered 4xx (501 or 505 for a method or version)",
        why="anyone can raise this error at will; it hides real ones, invites retries, and shows an unguarded path",
        blame=layer,
        reached_data=layer is Blame.APPLICATION or bool(ledger.new_of(exchange)),
    )


CHECK = Check(
    name=NAME,
    title="No server error for a message",
    doc="No message, however malformed, is answered 5xx (501 and 505 aside); a 5xx of the bare server is told apart.",
    families=frozenset({Family.MALFORMED}),
    judge=judge,
)
