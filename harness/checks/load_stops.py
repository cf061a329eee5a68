"""A service that is asked to end (SIGTERM) answers what it had begun.

Begun is what certainly was at work: its call had reached a dependency before the signal, and no answer had come.
Whatever came later may be refused; effects are judged by ``exact-effects-under-load``.
"""

from __future__ import annotations

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import load_of, named, owners, text_of, valid
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.scope import Scope
from harness.model.verdicts import Severity

NAME = "stops-gracefully"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each request that was at work when the service was asked to end."""
    if load_of(scope) is None or not scope.told_to_stop:
        return judgement(NAME, scope, 0)
    at_work = _at_work(scope)
    cut = [request for request in at_work if not request.status]
    return judgement(NAME, scope, len(at_work), [_finding(scope, cut, len(at_work))] if cut else [])


def _at_work(scope: Scope) -> list[LoadRequest]:
    """Return the requests whose call to a dependency came before the signal and whose answer did not."""
    whose = owners(scope.requests)
    begun: set[int] = set()
    for call in scope.calls:
        if call.received < scope.told_to_stop <= (call.ended or call.received):
            texts = (call.target, *(value for _, value in call.headers), text_of(call.body.decode("utf-8", "replace")))
            begun |= whose.of("\n".join(texts))
    return [r for r in valid(scope) if r.event in begun and r.sent < scope.told_to_stop <= r.done]


def _finding(scope: Scope, cut: list[LoadRequest], at_work: int) -> Finding:
    return finding(
        NAME,
        scope,
        (),
        symptom="cut off by its end",
        severity=Severity.MAJOR,
        happened=f"{named(cut)} of {at_work} at work at SIGTERM got no answer ({cut[0].silence})",
        expected="a service that is asked to end takes nothing new and answers what it has begun",
        why="every deployment loses requests whose effect is done, and callers do not know of it",
    )


CHECK = Check(
    name=NAME,
    title="The service stops gracefully",
    doc="What was at work when the service was asked to end (SIGTERM) is answered.",
    families=frozenset({Family.LOAD}),
    judge=judge,
)
