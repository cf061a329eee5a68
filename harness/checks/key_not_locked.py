"""Nobody is told to wait for nobody: an event that is no longer at work can be asked for again.

A process that dies may leave its claim behind for a while; how long is the service's to promise. An event that was
refused leaves none at all.
"""

from __future__ import annotations

from harness.checks._evidence import finding, judgement, told
from harness.checks._repeats import earlier_of_event
from harness.checks.registry import Check
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import SECOND, Exchange, Scope
from harness.model.steps import Insist
from harness.model.verdicts import Force, Severity

NAME = "key-not-locked"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each event insisted on, and for each repeat of an event that was refused before."""
    insisted = [
        (step, tries) for step in scope.case.steps if isinstance(step, Insist) and (tries := _tries(scope, step))
    ]
    refused = [e for e in scope.exchanges if e.answer is not None and _refused_before(scope, e)]
    findings = [_locked(scope, step, tries) for step, tries in insisted if _waits(scope, tries[-1])]
    findings += [_left_behind(scope, e) for e in refused if _waits(scope, e)]
    return judgement(NAME, scope, len(insisted) + len(refused), findings)


def _tries(scope: Scope, step: Insist) -> tuple[Exchange, ...]:
    return tuple(e for e in scope.exchanges if e.label.rpartition("-")[0] == step.label and e.planned is None)


def _waits(scope: Scope, exchange: Exchange) -> bool:
    """Tell whether an answer is what a duplicate gets while another is at work."""
    return exchange.status in scope.configuration.operation(exchange.operation).in_flight


def _refused_before(scope: Scope, exchange: Exchange) -> bool:
    """Tell whether the same bytes came before, and all that came of the event ended in a plain refusal.

    Other bytes under a refused key may be refused with any 4xx: that is the rule for a key that was used.
    """
    before = earlier_of_event(scope, exchange)
    known = any(e.data == exchange.data for e in before)
    return known and all(e.outcome is Outcome.REJECTED and not _waits(scope, e) for e in before)


def _locked(scope: Scope, step: Insist, tries: tuple[Exchange, ...]) -> Finding:
    waited = (tries[-1].done - tries[0].sent) / SECOND
    bound = (
        "the bound that the scenario sets" if step.promised else "the harness's own patience; set `within` in the entry"
    )
    return _finding(
        scope,
        (tries[0], tries[-1]),
        "locked by a dead process",
        Force.MUST if step.promised else Force.SHOULD,
        f"for {waited:.1f} s, {len(tries)} tries long, each was told to wait; at last {told(tries[-1])}",
        f"the event can be asked for again within {step.within:g} s ({bound})",
        "who worked on it is dead: the event is neither done nor can it be done under its own identity",
    )


def _left_behind(scope: Scope, exchange: Exchange) -> Finding:
    before = earlier_of_event(scope, exchange)
    return _finding(
        scope,
        (before[-1], exchange),
        "locked by a refusal",
        Force.MUST,
        f"{told(before[-1])}; then {told(exchange)}, with nothing at work",
        "an event that was refused is refused again in the same way, or accepted once it is corrected",
        "the caller waits for an answer that nobody will give, and can never correct what it sent",
    )


def _finding(
    scope: Scope,
    exchanges: tuple[Exchange, Exchange],
    symptom: str,
    force: Force,
    happened: str,
    expected: str,
    why: str,
) -> Finding:
    return finding(
        NAME,
        scope,
        exchanges,
        symptom=symptom,
        severity=Severity.MAJOR,
        force=force,
        happened=happened,
        expected=expected,
        why=why,
    )


CHECK = Check(
    name=NAME,
    title="No key stays locked",
    doc="Once nobody is at work on an event any more, asking for it again is not answered as if somebody were.",
    families=frozenset({Family.DUPLICATE}),
    judge=judge,
)
