"""A version that does not exist is refused as such, never served by another."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, rule, told
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Exchange, Scope
from harness.model.steps import Expected
from harness.model.verdicts import Force, Severity

NAME = "unknown-version-refused"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered message that had to be refused for its version."""
    asked = [
        e
        for e in scope.exchanges
        if e.planned and e.planned.expect and e.planned.expect.expected is Expected.REJECTED and e.answer is not None
    ]
    return judgement(NAME, scope, len(asked), [found for e in asked for found in _findings(scope, e)])


def _findings(scope: Scope, exchange: Exchange) -> Iterator[Finding]:
    expect = exchange.planned.expect if exchange.planned else None
    if expect is None or exchange.status in expect.statuses:
        return
    refused = exchange.status // 100 == 4
    served = exchange.status // 100 == 2
    yield finding(
        NAME,
        scope,
        [exchange],
        symptom="refused otherwise" if refused else "served" if served else str(exchange.status),
        severity=Severity.MINOR if refused else Severity.MAJOR,
        force=Force.SHOULD if refused else Force.MUST,
        happened=told(exchange),
        expected=rule(exchange, "a version that does not exist is refused"),
        why="a client of a version to come is served by the rules of another, and nobody notices",
    )


CHECK = Check(
    name=NAME,
    title="An unknown version is refused",
    doc="A request to a version that does not exist is answered 404, 400, 406 or 410.",
    families=frozenset({Family.VERSIONS}),
    judge=judge,
)
