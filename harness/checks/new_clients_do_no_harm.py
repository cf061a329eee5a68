"""A client of a later version that speaks to an older one is refused or understood, and never something in between.

What is accepted has the effects of the version's own request and is answered in its form; where only something was
added that the version does not know, it is answered as without it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from harness.checks._evidence import finding, judgement, told
from harness.checks._forms import other_form
from harness.checks._promises import changes, incomparable, promised
from harness.checks._rest import unrested
from harness.checks.registry import Check
from harness.history.compared import UUID, document, forms
from harness.model.cases import Family
from harness.model.clients import Promise
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import DependencyCall, Exchange, Scope
from harness.model.verdicts import Severity

NAME = "new-clients-do-no-harm"

_UUID = re.compile(UUID)


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each newer request; all are unknown where the version's own was not accepted."""
    newer = [(e, p) for e, p in promised(scope) if p.newer]
    if not newer:
        return judgement(NAME, scope, 0)
    own = next((e for e, p in promised(scope) if not p.newer), None)
    if own is None or own.outcome is not Outcome.ACCEPTED:
        reason = f"the version's own request was not accepted: {told(own) if own else 'it was not sent'}"
        return judgement(NAME, scope, 0, unknown=[reason])
    if scope.unsettled:
        reason = f"the case did not come to rest, so effects cannot be counted: {unrested(scope)}"
        return judgement(NAME, scope, 0, unknown=[reason])
    starved = {e.number: why for e, p in newer if (why := incomparable(scope, e, p))}
    unknown = [f"{told(e)}, which cannot be judged: {starved[e.number]}" for e, _ in newer if e.number in starved]
    findings = [found for e, p in newer if e.number not in starved for found in _findings(scope, own, e, p)]
    return judgement(NAME, scope, len(newer) - len(starved), findings, unknown, disturbed=bool(starved))


def _findings(scope: Scope, own: Exchange, exchange: Exchange, promise: Promise) -> Iterator[Finding]:
    effects = _calls_with_effect(scope, exchange)
    if exchange.outcome is Outcome.REJECTED:
        if effects:
            yield _finding(scope, own, exchange, "refused with an effect", "it took effect", Severity.CRITICAL)
        return
    if exchange.outcome is not Outcome.ACCEPTED:
        yield _finding(scope, own, exchange, _what(exchange), "it is neither refused nor accepted")
        return
    usual = _calls_with_effect(scope, own)
    if len(effects) != len(usual):
        symptom = "accepted without its effect" if len(effects) < len(usual) else "doubled effect"
        told_effects = f"it had {len(effects)} effects, and the version's own request {len(usual)}"
        yield _finding(scope, own, exchange, symptom, told_effects, Severity.CRITICAL)
    reasons = [*_answered_otherwise(scope, exchange, promise), *_booked_otherwise(usual, effects, promise)]
    if reasons:
        yield _finding(scope, own, exchange, "half understood", "; ".join(reasons[:5]))


def _answered_otherwise(scope: Scope, exchange: Exchange, promise: Promise) -> Iterator[str]:
    """Say how an accepted answer is not the version's own."""
    if promise.newer == "more":
        yield from (change.told for change in changes(scope, exchange, promise))
    elif promise.answer is not None:
        yield from other_form(promise.answer.json, document(exchange.answer))


def _booked_otherwise(
    usual: tuple[DependencyCall, ...], effects: tuple[DependencyCall, ...], promise: Promise
) -> Iterator[str]:
    """Say how what a dependency was told is not what the version's own request tells it."""
    for one, other in zip(usual, effects, strict=False):
        if promise.newer == "more" and _alike(one.body) != _alike(other.body):
            yield f"{other.dependency} {other.call} was told {_alike(other.body)!r}"
        elif promise.newer == "other" and not _known_form(one.body, other.body):
            yield f"{other.dependency} {other.call} was told something of another form"


def _calls_with_effect(scope: Scope, exchange: Exchange) -> tuple[DependencyCall, ...]:
    """Return the calls that had a new effect from the moment an exchange began until the next one did."""
    end = min((e.sent for e in scope.exchanges if e.sent > exchange.sent), default=None)
    new = {
        (effect.dependency, effect.call_number)
        for effect in scope.effects
        if effect.new and effect.at >= exchange.sent and (end is None or effect.at < end)
    }
    return tuple(call for call in scope.calls if (call.dependency, call.number) in new)


def _alike(body: bytes) -> str:
    """Return a body as text in which identifiers are alike."""
    return _UUID.sub("{uuid}", body.decode("utf-8", "replace"))


def _known_form(usual: bytes, body: bytes) -> bool:
    try:
        return forms(json.loads(body)).keys() <= forms(json.loads(usual)).keys()
    except (ValueError, RecursionError):
        return False


def _what(exchange: Exchange) -> str:
    return f"answered {exchange.status}" if exchange.answer else "no answer"


def _finding(
    scope: Scope, own: Exchange, exchange: Exchange, symptom: str, what: str, severity: Severity = Severity.MAJOR
) -> Finding:
    return finding(
        NAME,
        scope,
        [own, exchange],
        symptom=symptom,
        severity=severity,
        happened=f"{told(exchange)}; {what}",
        expected="a refusal (4xx) without an effect, or what the version's own request is answered and has as effect",
        why="while a release is rolled back, new clients speak to the old version, and take its word for their own",
    )


CHECK = Check(
    name=NAME,
    title="New clients do no harm",
    doc="What a later version's client sends to an older one is refused without an effect, or ignored where it is new.",
    families=frozenset({Family.VERSIONS}),
    judge=judge,
)
