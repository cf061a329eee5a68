"""A repeat that another process serves is still a repeat: what is known of events is shared by all."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, told
from harness.checks._repeats import same_body
from harness.checks.registry import Check
from harness.history.owners import accounts, expected_effects
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Severity

NAME = "dedupe-across-workers"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each repeat that was surely served by another process than the first."""
    pairs = [
        (scope.labelled(e.planned.other_worker_than), e)
        for e in scope.exchanges
        if e.planned and e.planned.other_worker_than
    ]
    unknown = [reason for first, retry in pairs if (reason := _not_known(first, retry))]
    known = [(first, retry) for first, retry in pairs if first and not _not_known(first, retry)]
    return judgement(NAME, scope, len(known), [f for pair in known for f in _findings(scope, *pair)], unknown)


def _not_known(first: Exchange | None, retry: Exchange) -> str:
    """Say why it cannot be judged that another process served the repeat; empty: it can."""
    if first is None:
        return f"what '{retry.label}' repeats was never sent"
    if not first.served_by or not retry.served_by:
        return f"which processes served '{first.label}' and '{retry.label}' could not be seen"
    if first.served_by == retry.served_by:
        return f"'{first.label}' and '{retry.label}' were served by the same process"
    return ""


def _findings(scope: Scope, first: Exchange, retry: Exchange) -> Iterator[Finding]:
    ledger = accounts(scope)
    for kind, wanted in expected_effects(scope, retry.operation).items():
        number = ledger.new_of(retry).get(kind, 0)
        if number > wanted:
            happened = f"{kind} took effect {number} times for one event served by two processes"
            yield _finding(scope, (first, retry), "doubled effect", Severity.CRITICAL, happened, kind)
    if first.outcome is Outcome.ACCEPTED and not _same(first, retry):
        yield _finding(scope, (first, retry), "different answer", Severity.MAJOR, f"{told(first)}; {told(retry)}")


def _same(first: Exchange, retry: Exchange) -> bool:
    accepted = retry.outcome is Outcome.ACCEPTED
    return accepted and bool(first.answer and retry.answer and same_body(first.answer, retry.answer))


def _finding(
    scope: Scope, pair: tuple[Exchange, Exchange], symptom: str, severity: Severity, happened: str, call: str = ""
) -> Finding:
    return finding(
        NAME,
        scope,
        pair,
        symptom=symptom,
        severity=severity,
        call=call,
        happened=happened,
        expected="a repeat served by another process has the answer of the first and no effect of its own",
        why="what is remembered in one process is forgotten in the others: with more workers more is done twice",
    )


CHECK = Check(
    name=NAME,
    title="Dedupe across workers",
    doc="A repeat that another worker process serves gets the first answer and no second effect.",
    families=frozenset({Family.DUPLICATE}),
    judge=judge,
)
