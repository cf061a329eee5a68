"""What one version did never comes out of another as something wrong.

The same key at two versions is two events or refused; what one version wrote is not there for the other, or is shown in
the other's own form with the same meaning. Where each version's own answers are kept is judged by
``old-clients-keep-their-answers``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from harness.checks._evidence import finding, judgement, told
from harness.checks._forms import other_form
from harness.checks._promises import IMPATIENT, changes, incomparable, part_missing, promised
from harness.checks._rest import unrested
from harness.checks.registry import Check
from harness.history.compared import document
from harness.model.cases import Family
from harness.model.clients import Promise
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome
from harness.model.scope import Exchange, Scope
from harness.model.verdicts import Severity

NAME = "versions-stay-apart"


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each answered exchange that has to be kept apart, and one for the effects of a key."""
    apart = [(e, p) for e, p in promised(scope) if p.apart_from and e.answer is not None]
    starved = {e.number: why for e, p in apart if e.status in IMPATIENT and (why := incomparable(scope, e, p))}
    unknown = [f"{told(e)}, which cannot be judged: {starved[e.number]}" for e, _ in apart if e.number in starved]
    findings = [found for e, p in apart if e.number not in starved for found in _findings(scope, e, p)]
    shares_key = bool(apart) and not any(promise.cross_read for _, promise in apart)
    if not shares_key or starved:
        return judgement(NAME, scope, len(apart), findings, unknown, disturbed=bool(starved))
    if scope.unsettled:
        reason = f"the case did not come to rest, so effects cannot be counted: {unrested(scope)}"
        return judgement(NAME, scope, len(apart), findings, [reason])
    counted, wrong = _effects(scope, promised(scope))
    return judgement(NAME, scope, len(apart) + counted, [*findings, *wrong])


def _findings(scope: Scope, exchange: Exchange, promise: Promise) -> Iterator[Finding]:
    other = scope.labelled(promise.apart_from)
    if exchange.status in promise.refusals:
        return
    if exchange.outcome is not Outcome.ACCEPTED:
        yield _finding(scope, exchange, promise, f"answered {exchange.status}", told(exchange))
    elif promise.cross_read:
        yield from _read_findings(scope, exchange, promise, other)
    elif reasons := tuple(_strange(scope, exchange, promise, other)):
        happened = f"{told(exchange)}: {'; '.join(reasons[:5])}"
        yield _finding(scope, exchange, promise, "answered through another version", happened)


def _strange(scope: Scope, exchange: Exchange, promise: Promise, other: Exchange | None) -> Iterator[str]:
    """Say why an accepted answer is not the version's own."""
    own = document(exchange.answer)
    if other is not None and own is not None and own == document(other.answer):
        yield f"the same as '{other.label}' was answered"
    if not part_missing(scope, exchange, promise):
        yield from (change.told for change in changes(scope, exchange, promise))
    first = next((e for e in scope.exchanges if e.data == exchange.data and e.outcome is Outcome.ACCEPTED), exchange)
    if document(first.answer) != own:
        yield f"the same request was answered otherwise before, by {told(first)}"


def _read_findings(scope: Scope, exchange: Exchange, promise: Promise, other: Exchange | None) -> Iterator[Finding]:
    """Judge a 2xx for what another version wrote: declared, in the reader's own form, with the same meaning."""
    if not promise.foreign:
        happened = f"{told(exchange)}: the book of {promise.client} has 'foreign_ids: refused'"
        yield _finding(scope, exchange, promise, "a foreign document shown", happened)
        return
    read, written = document(exchange.answer), document(other.answer) if other else None
    wrong = [*other_form(promise.answer.json if promise.answer else None, read), *_other_meaning(written, read)]
    if wrong:
        yield _finding(scope, exchange, promise, "read as something else", f"{told(exchange)}: {'; '.join(wrong[:5])}")


def _other_meaning(written: Any, read: Any) -> Iterator[str]:
    """Say which plain values that both documents have by one name differ."""
    if not isinstance(written, dict) or not isinstance(read, dict):
        return
    for name in sorted(written.keys() & read.keys()):
        one, other = written[name], read[name]
        if not isinstance(one, dict | list) and not isinstance(other, dict | list) and one != other:
            yield f"/{name} is {other!r}, and {one!r} was written"


def _effects(scope: Scope, keyed: tuple[tuple[Exchange, Promise], ...]) -> tuple[int, list[Finding]]:
    """Return one opportunity and what is wrong with the number of effects: one for each version that took the key."""
    accepted = {p.client: e for e, p in keyed if e.outcome is Outcome.ACCEPTED}
    operations = {e.operation for e in accepted.values()}
    declared = [scope.configuration.operation(name).effect for name in operations]
    unclear = any(e.outcome in (Outcome.FAILED, Outcome.INDETERMINATE) for e, _ in keyed)
    if not accepted or not all(declared) or unclear:
        return 0, []
    kinds = {f"{effect.dependency} {effect.route}" for effect in declared if effect}
    seen = Counter(f"{e.dependency} {e.call}" for e in scope.effects if e.new)
    found = sum(seen[kind] for kind in kinds)
    if found == len(accepted):
        return 1, []
    symptom = "lost effect" if found < len(accepted) else "doubled effect"
    happened = f"{len(accepted)} versions accepted the key and {found} effects were seen"
    last = accepted[max(accepted)]
    promise = next(p for e, p in keyed if e is last)
    return 1, [_finding(scope, last, promise, symptom, f"{told(last)}; {happened}", Severity.CRITICAL)]


def _finding(
    scope: Scope,
    exchange: Exchange,
    promise: Promise,
    symptom: str,
    happened: str,
    severity: Severity = Severity.MAJOR,
) -> Finding:
    other = scope.labelled(promise.apart_from)
    return finding(
        NAME,
        scope,
        [*([other] if other else []), exchange],
        symptom=symptom,
        severity=severity,
        happened=happened,
        expected=f"the version's own answer to {promise.client}, or a refusal ({', '.join(map(str, promise.refusals))})"
        if promise.refusals
        else "one effect for each version that accepted the key",
        why="while two versions run side by side, the caller of one is told of what the other did",
    )


CHECK = Check(
    name=NAME,
    title="Versions stay apart",
    doc="A key or id of one version gets from another its own answer or a refusal, never the first's.",
    families=frozenset({Family.VERSIONS}),
    judge=judge,
)
