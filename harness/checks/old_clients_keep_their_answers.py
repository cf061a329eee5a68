"""An old client is answered as it was when its book was recorded: nothing lost, nothing changed.

What is added is judged by ``only-declared-additions``, the headers of an old version by ``old-version-says-so``, what
two versions do to each other by ``versions-stay-apart``, what later clients send by ``new-clients-do-no-harm``.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, told
from harness.checks._promises import changes, incomparable, promised
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.clients import Promise
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Severity

NAME = "old-clients-keep-their-answers"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each exchange with a recorded answer; one that the machine disturbed is unknown."""
    kept = [(e, p) for e, p in promised(scope) if p.answer is not None and not (p.apart_from or p.newer)]
    findings: list[Finding] = []
    unknown: list[str] = []
    for exchange, promise in kept:
        found = tuple(_findings(scope, exchange, promise))
        reason = incomparable(scope, exchange, promise) if found else ""
        if reason:
            unknown.append(f"{told(exchange)}, which cannot be judged: {reason}")
        else:
            findings += found
    return judgement(NAME, scope, len(kept), findings, unknown, disturbed=bool(unknown))


def _findings(scope: Scope, exchange: Exchange, promise: Promise) -> Iterator[Finding]:
    if exchange.answer is None:
        yield _finding(scope, exchange, promise, "no answer", told(exchange))
        return
    for change in changes(scope, exchange, promise):
        if not change.added:
            yield _finding(scope, exchange, promise, change.symptom, f"{told(exchange)}: {change.told}")


def _finding(scope: Scope, exchange: Exchange, promise: Promise, symptom: str, happened: str) -> Finding:
    return finding(
        NAME,
        scope,
        [*_before(scope, exchange), exchange],
        symptom=symptom,
        severity=Severity.MAJOR,
        happened=happened,
        expected=f"the answer that the client {promise.client} got when its book was recorded, noise aside",
        why="clients that nobody will release again were built against the recorded answer",
    )


def _before(scope: Scope, exchange: Exchange) -> tuple[Exchange, ...]:
    """Return the exchanges that this one needs to be what it is: those that fill it, and those of its event."""
    labels = exchange.planned.filled_from if exchange.planned else ()
    return tuple(
        e
        for e in scope.exchanges
        if e.number < exchange.number and (e.label in labels or (e.event and e.event == exchange.event))
    )


CHECK = Check(
    name=NAME,
    title="Old clients keep their answers",
    doc="Status, media type, promised headers and JSON (fields, types, values, order) are as in an old client's book.",
    families=frozenset({Family.VERSIONS}),
    judge=judge,
)
