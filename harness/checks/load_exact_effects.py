"""Under load, too, each accepted event happens once at the dependency, and a repeat gets the first answer.

An effect is traced by the words and the identity that its call carries. Where calls carry neither, only the
totals speak: more effects than events, or fewer than were accepted, are certain; anything else is not known.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from harness.checks._evidence import finding, judgement
from harness.checks._load_events import Carried, Owners, accepted, carried, load_of, named, owners, text_of, writes
from harness.checks._rest import unrested
from harness.checks.registry import Check
from harness.history.owners import expected_effects, kind_of
from harness.model.cases import Family
from harness.model.events import LoadRequest
from harness.model.judgements import Finding, Judgement
from harness.model.records import record
from harness.model.scope import DependencyCall, Scope, SeenEffect
from harness.model.verdicts import Severity

NAME = "exact-effects-under-load"


@record
class Tally:
    """New effects by event; those whose call carries several events' data; how many could not be traced."""

    of_event: dict[int, int]
    mixed: tuple[frozenset[int], ...]
    untraced: int


@record
class Fault:
    """One way in which an event can be miscounted."""

    symptom: str
    happened: str
    expected: str
    why: str


def judge(scope: Scope) -> Judgement:
    """Return a finding for each way in which effects or repeated answers are not exact."""
    declared = scope.operation.effect
    if load_of(scope) is None or not scope.requests:
        return judgement(NAME, scope, 0)
    events = carried(writes(scope))
    answers, repeats = _repeats(scope, events)
    if declared is None:
        return judgement(NAME, scope, repeats, answers)
    kind = f"{declared.dependency} {declared.route}"
    times = expected_effects(scope, scope.case.operation).get(kind, 0)
    tally = _tally(scope, kind)
    if tally.untraced and not tally.of_event and not tally.mixed:
        findings, unknown = _totals(scope, kind, tally.untraced, times, events)
    else:
        findings, unknown = _exact(scope, kind, tally, times, events)
    return judgement(NAME, scope, len(events) + repeats, (*findings, *answers), unknown)


def _tally(scope: Scope, kind: str) -> Tally:
    """Count the new effects of ``kind`` by the event that they belong to."""
    whose = owners(scope.requests)
    calls = {(call.dependency, call.number): call for call in scope.calls}
    of_event: Counter[int] = Counter()
    mixed, untraced = [], 0
    begun = min(request.sent for request in scope.requests)  # what warmed the workers before is no part of the load
    for effect in scope.effects:
        if not effect.new or kind_of(effect) != kind or effect.at < begun:
            continue
        holders = _holders(effect, calls.get((effect.dependency, effect.call_number)), whose)
        if len(holders) == 1:
            of_event.update(holders)
        elif holders:
            mixed.append(holders)
        else:
            untraced += 1
    return Tally(of_event=dict(of_event), mixed=tuple(mixed), untraced=untraced)


def _holders(effect: SeenEffect, call: DependencyCall | None, whose: Owners) -> frozenset[int]:
    """Return the events whose words or identity stand in a call."""
    parts = [effect.key or ""]
    if call is not None:
        parts += [call.target, *(value for _, value in call.headers), text_of(call.body.decode("utf-8", "replace"))]
    return whose.of("\n".join(parts))


def _exact(
    scope: Scope, kind: str, tally: Tally, times: int, events: dict[int, Carried]
) -> tuple[list[Finding], list[str]]:
    """Judge each event by its own count."""
    blurred = frozenset().union(*tally.mixed) & events.keys()
    counts = {event: tally.of_event.get(event, 0) for event in events}
    doubled = [e for n, e in events.items() if counts[n] > times]
    lost = [e for n, e in events.items() if counts[n] < times and e.accepted and n not in blurred]
    refused = [e for n, e in events.items() if counts[n] and e.rejected]
    unknown = []
    if tally.untraced:
        unknown.append(f"{tally.untraced} effects ({kind}) carry nothing of a request and belong to no event")
    if lost and (tally.untraced or scope.unsettled):
        why = unrested(scope) or "they may be among those that belong to no event"
        unknown.append(f"the effects of {len(lost)} accepted events were not seen, but not all came to rest: {why}")
        lost = []
    mixed = [events[n] for n in sorted(blurred)]
    groups = ((_DOUBLED, doubled), (_LOST, lost), (_REFUSED, refused), (_MIXED, mixed))
    return [_finding(scope, fault, kind, group, counts) for fault, group in groups if group], unknown


def _totals(
    scope: Scope, kind: str, effects: int, times: int, events: dict[int, Carried]
) -> tuple[list[Finding], list[str]]:
    """Judge by the totals alone, where no call says which request it belongs to."""
    most = times * len(events)
    least = times * sum(1 for event in events.values() if event.accepted)
    counts = dict.fromkeys(events, 0)
    if effects > most or (effects < least and not scope.unsettled):
        fault = _DOUBLED if effects > most else _LOST
        total = f"in all {effects} effects for {len(events)} events, {least} expected at least"
        return [_finding(scope, fault, kind, list(events.values()), counts, total)], []
    return [], [f"{effects} effects ({kind}) carry nothing of a request, so none can be held against its event"]


def _finding(
    scope: Scope, fault: Fault, kind: str, group: Sequence[Carried], counts: dict[int, int], total: str = ""
) -> Finding:
    first = group[0]
    seen = total or (
        f"{len(group)} of {len(counts)} events, first event {first.event}: {counts[first.event]} new "
        f"effects after {named(first.requests)}, answered {_statuses(first.requests)}"
    )
    return finding(
        NAME,
        scope,
        (),
        symptom=fault.symptom,
        severity=Severity.CRITICAL,
        call=kind,
        happened=f"{fault.happened} ({kind}): {seen}",
        expected=fault.expected,
        why=fault.why,
    )


def _statuses(requests: Sequence[LoadRequest]) -> str:
    return ", ".join(str(request.status or request.silence) for request in requests)


def _repeats(scope: Scope, events: dict[int, Carried]) -> tuple[list[Finding], int]:
    """Compare every accepted repeat with the first answer of its event; return how many there were, too."""
    pairs = list(_accepted_repeats(events))
    different = [(first, later) for first, later in pairs if not _same(first, later)]
    if not different:
        return [], len(pairs)
    first, later = different[0]
    found = finding(
        NAME,
        scope,
        (),
        symptom="different answer",
        severity=Severity.MAJOR,
        happened=f"{len(different)} of {len(pairs)} repeats were answered differently from the first; "
        f"event {first.event}: #{first.index} got {first.status} {first.body[:160]}, "
        f"#{later.index} got {later.status} {later.body[:160]}",
        expected="the same event gets the same answer, however often it is sent",
        why="a caller that asks again believes that something else happened, or that it happened twice",
    )
    return [found], len(pairs)


def _accepted_repeats(events: dict[int, Carried]) -> Iterator[tuple[LoadRequest, LoadRequest]]:
    """Yield the first accepted answer of an event with each later one."""
    for event in events.values():
        answers = sorted((r for r in event.requests if accepted(r)), key=lambda r: r.done)
        yield from ((answers[0], later) for later in answers[1:])


def _same(first: LoadRequest, later: LoadRequest) -> bool:
    """Say whether two answers are equal: status, and JSON where it is JSON, else the text that was kept."""
    if first.status != later.status:
        return False
    try:
        return bool(first.body == later.body or json.loads(first.body) == json.loads(later.body))
    except (ValueError, RecursionError):
        return False


_DOUBLED = Fault(
    symptom="doubled effect",
    happened="an event happened more than once at the dependency",
    expected="one new effect for each event, however often and however fast it is sent",
    why="what was asked for once was done twice",
)
_LOST = Fault(
    symptom="lost effect",
    happened="an accepted event never happened at the dependency",
    expected="an event that was answered 2xx has its effect",
    why="the caller believes that it is done, and nobody will do it",
)
_REFUSED = Fault(
    symptom="effect of a rejected request",
    happened="an event that was answered 4xx happened all the same",
    expected="a rejected request has no effect",
    why="the caller corrects the request and sends it again, and it is done twice",
)
_MIXED = Fault(
    symptom="mixed effect",
    happened="one call carried the data of several requests",
    expected="each call to a dependency carries the data of its own request alone",
    why="one caller's data is booked for another",
)

CHECK = Check(
    name=NAME,
    title="Exact effects under load",
    doc="Under load each accepted event has exactly one effect at the dependency, and repeats get the first answer.",
    families=frozenset({Family.LOAD}),
    judge=judge,
)
