"""Asked again after the trouble, the same event completes as in a clean run.

What was accepted in the trouble is given again as it was, which ``same-answer-for-a-duplicate`` judges.
That it was done once is judged by ``one-effect-per-event``, that it was done at all by ``success-means-effect``.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, told
from harness.checks._messages import is_expected
from harness.checks._repeats import comparable, earlier_of_event
from harness.checks.registry import Check
from harness.history.owners import actor, owners
from harness.history.references import differences
from harness.model.cases import Family
from harness.model.degraded import says_degraded
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Reference, Scope
from harness.model.services import EffectKind
from harness.model.steps import Expected, Insist, Phase
from harness.model.verdicts import Severity

NAME = "retry-completes"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each event that is asked for again in the recovery: its last retry decides."""
    retries = {
        exchange.event: exchange
        for exchange in scope.exchanges
        if exchange.phase is Phase.RECOVERY
        and not is_expected(exchange, Expected.REJECTED)
        and comparable(exchange)
        and earlier_of_event(scope, exchange)
    }
    references = {event: scope.references.get(retry.operation) for event, retry in retries.items()}
    known = {event: ref for event, ref in references.items() if ref is not None and not ref.trouble}
    unknown = ["there is no clean run to compare the retry with"] if len(known) < len(retries) else []
    findings = [found for event, ref in known.items() for found in _findings(scope, retries[event], ref)]
    return judgement(NAME, scope, len(known), findings, unknown)


def _findings(scope: Scope, retry: Exchange, reference: Reference) -> Iterator[Finding]:
    if retry.outcome is not Outcome.ACCEPTED or retry.answer is None:
        if not _rightly_refused(scope, retry) and not _still_claimed(scope, retry):
            yield _finding(scope, retry, "retry not accepted", told(retry))
        return
    changes = () if _answered_before(scope, retry) else differences(reference, retry.answer, retry.data)
    if changes:
        happened = f"'{retry.label}' was answered otherwise than in a clean run: {'; '.join(changes[:5])}"
        yield _finding(scope, retry, "different answer", happened)


def _answered_before(scope: Scope, retry: Exchange) -> bool:
    """Tell whether the first answer counts and not a clean one: it was given, or a part is missing and it says so."""
    given = any(e.outcome is Outcome.ACCEPTED for e in earlier_of_event(scope, retry))
    return given or says_degraded(scope.configuration.operation(retry.operation), retry.answer)


def _rightly_refused(scope: Scope, retry: Exchange) -> bool:
    """Tell whether all that a service can do is to refuse: it cannot know whether the effect was done, nor ask again.

    That is so where the dependency takes no key and the call ended without a whole answer or with a 5xx, which
    leaves open what was done: a second call might be a second effect (RFC 9110, 9.2.2). Then a status that a
    duplicate may get says it as well as can be.
    """
    unkeyed = {
        f"{dependency.name} {call.route}"
        for dependency in scope.configuration.dependencies
        for call in dependency.calls
        if call.effect is EffectKind.UNKEYED
    }
    open_ended = any(
        who == actor(retry) and f"{call.dependency} {call.call}" in unkeyed and (not call.status or call.status >= 500)
        for call, who in owners(scope)
    )
    return open_ended and retry.status in scope.configuration.operation(retry.operation).in_flight


def _still_claimed(scope: Scope, retry: Exchange) -> bool:
    """Tell whether a dead process may still hold the event: it was insisted on for a time that nobody promised.

    How long a claim outlives its process is judged by ``key-not-locked``.
    """
    patient = any(isinstance(step, Insist) and not step.promised for step in scope.case.steps)
    return patient and retry.status in scope.configuration.operation(retry.operation).in_flight


def _finding(scope: Scope, retry: Exchange, symptom: str, happened: str) -> Finding:
    return finding(
        NAME,
        scope,
        [*earlier_of_event(scope, retry), retry],
        symptom=symptom,
        severity=Severity.MAJOR,
        happened=f"the trouble was over and the same event was sent again: {happened}",
        expected="the retry is accepted and answered as in a clean run",
        why="the event can never be completed under its own identity; a new identity risks doing it twice",
    )


CHECK = Check(
    name=NAME,
    title="A retry completes",
    doc="The same event, sent again once the trouble is over, is accepted and answered as in a clean run.",
    families=frozenset({Family.DUPLICATE, Family.TIMEOUT}),
    judge=judge,
)
