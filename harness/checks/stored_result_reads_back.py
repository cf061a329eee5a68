"""What was accepted can be read back, and says what the answer said."""

from __future__ import annotations

import json
from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, told
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Answer, Outcome
from harness.model.scope import Exchange, Scope
from harness.model.steps import ReadBack
from harness.model.verdicts import Severity

NAME = "stored-result-reads-back"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered read of something that was accepted."""
    reads = [
        (made, read)
        for step in scope.case.steps
        if isinstance(step, ReadBack)
        and (made := scope.labelled(step.of))
        and made.outcome is Outcome.ACCEPTED
        and (read := scope.labelled(step.label))
        and read.answer is not None
    ]
    return judgement(NAME, scope, len(reads), [found for pair in reads for found in _findings(scope, *pair)])


def _findings(scope: Scope, made: Exchange, read: Exchange) -> Iterator[Finding]:
    if made.answer is None or read.answer is None:
        return
    if read.outcome is not Outcome.ACCEPTED:
        gone = read.status in (404, 410)
        severity = Severity.CRITICAL if gone else Severity.MAJOR
        yield _finding(scope, made, read, "not stored" if gone else str(read.status), severity, told(read))
        return
    changed = tuple(_changes(_object(made.answer), _object(read.answer)))
    if changed:
        happened = f"'{read.label}' does not say what '{made.label}' was answered: {'; '.join(changed[:5])}"
        yield _finding(scope, made, read, "stored otherwise", Severity.MAJOR, happened)


def _object(answer: Answer) -> dict[str, object]:
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _changes(made: dict[str, object], read: dict[str, object]) -> Iterator[str]:
    """Say which fields that both answers have differ."""
    for name in made.keys() & read.keys():
        if json.dumps(made[name], sort_keys=True) != json.dumps(read[name], sort_keys=True):
            yield f"{name} is {json.dumps(read[name])} instead of {json.dumps(made[name])}"


def _finding(scope: Scope, made: Exchange, read: Exchange, symptom: str, severity: Severity, happened: str) -> Finding:
    return finding(
        NAME,
        scope,
        [made, read],
        symptom=symptom,
        severity=severity,
        happened=f"'{made.label}' was accepted with {made.status}; {happened}",
        expected="what was accepted is read back with 2xx, the fields of the answer unchanged",
        why="the caller holds a receipt for something that is not there, or is something else",
    )


CHECK = Check(
    name=NAME,
    title="The stored result reads back",
    doc="What was accepted is found by the declared read, and the fields that both answers have are equal.",
    families=frozenset({Family.DUPLICATE, Family.TIMEOUT}),
    judge=judge,
)
