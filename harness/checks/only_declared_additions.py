"""Success documents gain no field that the old client's book does not allow.

Members that an error document gains are no harm: clients of problem+json must ignore what they do not know (RFC 9457,
3.2).
"""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, told
from harness.checks._promises import changes, part_missing, promised
from harness.checks.registry import Check
from harness.history.compared import Change
from harness.model.cases import Family
from harness.model.clients import Promise
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Severity

NAME = "only-declared-additions"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each success document of the recorded status under a book that allows no additions."""
    kept = [
        (exchange, promise)
        for exchange, promise in promised(scope)
        if promise.answer is not None
        and promise.answer.json is not None
        and not promise.additions
        and not (promise.apart_from or promise.newer)
        and exchange.status == promise.answer.status
        and exchange.status // 100 == 2
        and not part_missing(scope, exchange, promise)
    ]
    findings = [
        _finding(scope, exchange, promise, change)
        for exchange, promise in kept
        for change in changes(scope, exchange, promise)
        if change.added
    ]
    return judgement(NAME, scope, len(kept), findings)


def _finding(scope: Scope, exchange: Exchange, promise: Promise, change: Change) -> Finding:
    return finding(
        NAME,
        scope,
        [exchange],
        symptom=change.symptom,
        severity=Severity.MAJOR,
        happened=f"{told(exchange)}: {change.told}",
        expected=f"no field beyond those recorded, as the book of {promise.client} has 'additions: refused'",
        why="clients that read strictly refuse the document; where that is no harm, the book says 'additions: allowed'",
    )


CHECK = Check(
    name=NAME,
    title="Only declared additions",
    doc="Success documents gain no field, unless the old client's book allows additions.",
    families=frozenset({Family.VERSIONS}),
    judge=judge,
)
