"""A 405 says in Allow which methods there are (RFC 9110, 15.5.6)."""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import blame
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Blame, Force, Severity

NAME = "method-not-allowed-names-methods"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each 405. An empty Allow is legal: it says that there is no method."""
    refused = [exchange for exchange in scope.exchanges if exchange.status == 405]
    silent = [exchange for exchange in refused if exchange.answer and exchange.answer.header("allow") is None]
    return judgement(NAME, scope, len(refused), [_finding(scope, exchange) for exchange in silent])


def _finding(scope: Scope, exchange: Exchange) -> Finding:
    layer = blame(scope, exchange, 4)
    return finding(
        NAME,
        scope,
        [exchange],
        symptom="no Allow",
        severity=Severity.MINOR,
        force=Force.SHOULD,
        happened=f"{told(exchange)}, without an Allow header",
        expected="a 405 lists the methods of the resource in Allow (RFC 9110, 15.5.6)",
        why="the caller is told that its method is wrong and not which one is right",
        blame=layer,
        reached_data=layer is Blame.APPLICATION,
    )


CHECK = Check(
    name=NAME,
    title="405 names the methods",
    doc="A 405 carries an Allow header.",
    families=frozenset({Family.MALFORMED, Family.DUPLICATE, Family.TIMEOUT}),
    judge=judge,
)
