"""The same event gets the same answer, every time it is accepted."""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import answer_told, finding, judgement
from harness.checks._repeats import Repeats, accepted, comparable, repeats, same_body
from harness.checks.registry import Check
from harness.history.references import differences
from harness.model.cases import Family
from harness.model.degraded import says_degraded
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Force, Severity

NAME = "same-answer-for-a-duplicate"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each accepted repeat, compared with the first accepted answer to the same bytes.

    Where only one of several was accepted, it is compared with a clean run instead: it may be a repeat of
    something that was answered to nobody.
    """
    opportunities = 0
    findings: list[Finding] = []
    unknown: list[str] = []
    for group in repeats(scope):
        good = accepted(group)
        readable = tuple(e for e in good if e.answer and not e.answer.clipped)
        if len(readable) < len(good):
            unknown.append(f"answers to event {group[0].event} are too long to be compared whole")
        opportunities += max(len(readable) - 1, 0)
        findings.extend(found for e in readable[1:] for found in _compared(scope, readable[0], e))
        if len(readable) == len(good) == 1 and _has_reference(scope, good[0]):
            opportunities += 1
            findings.extend(_against_clean_run(scope, good[0]))
    return judgement(NAME, scope, opportunities, findings, unknown)


def _has_reference(scope: Scope, exchange: Exchange) -> bool:
    reference = scope.references.get(exchange.operation)
    return reference is not None and not reference.trouble and comparable(exchange)


def _compared(scope: Scope, first: Exchange, later: Exchange) -> Iterator[Finding]:
    if first.answer is None or later.answer is None:
        return
    happened = f"'{first.label}' was answered {answer_told(first.answer)}, '{later.label}' {answer_told(later.answer)}"
    if not same_body(first.answer, later.answer):
        yield _different(scope, (first, later), happened)
    elif first.status != later.status:
        yield finding(
            NAME,
            scope,
            [first, later],
            symptom="other status",
            severity=Severity.MINOR,
            force=Force.SHOULD,
            happened=happened,
            expected="a repeat is answered with the status of the first answer",
            why="a client that reads the status takes the repeat for something else",
        )


def _against_clean_run(scope: Scope, exchange: Exchange) -> Iterator[Finding]:
    reference = scope.references[exchange.operation]
    if says_degraded(scope.configuration.operation(exchange.operation), exchange.answer):
        return
    changes = differences(reference, exchange.answer, exchange.data) if exchange.answer else ()
    if changes:
        happened = f"'{exchange.label}' was answered otherwise than in a clean run: {'; '.join(changes[:5])}"
        yield _different(scope, (exchange,), happened)


def _different(scope: Scope, exchanges: Repeats, happened: str) -> Finding:
    return finding(
        NAME,
        scope,
        exchanges,
        symptom="different answer",
        severity=Severity.MAJOR,
        happened=happened,
        expected="the same event with the same bytes is answered the same, status and body",
        why="the caller who asks again, because the first answer was lost, learns of another result than the real one",
    )


CHECK = Check(
    name=NAME,
    title="The same answer for a duplicate",
    doc="Every accepted repeat of an event, byte for byte the same, is answered like the first.",
    families=frozenset({Family.DUPLICATE, Family.TIMEOUT}),
    judge=judge,
)
