"""Whose call is it: dependency calls and their effects traced to the events that caused them.

A call belongs to the event whose identity it carries. Where it carries none, time decides: between two
settles that ended quiet only what was sent there can be at work, and of that only what was open or left without an
answer. Where more than one remains, the call is untraced and what depends on it is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from harness.model.records import record
from harness.model.scope import DependencyCall, Exchange, Scope, SeenEffect
from harness.model.steps import Begin, Insist, ReadBack, Recover, Send, Settle, Together


@record
class Accounts:
    """What happened at the dependencies, by who caused it (see :func:`actor`) and kind (``<dependency> <route>``).

    ``new`` counts new effects, ``known`` repeats under a known key. ``untraced`` are the kinds of new
    effects that could not be traced to one event.
    """

    new: Mapping[int, Mapping[str, int]]
    known: Mapping[int, Mapping[str, int]]
    untraced: tuple[str, ...]

    def new_of(self, exchange: Exchange) -> Mapping[str, int]:
        """Return the new effects of the event that ``exchange`` carries, counted by kind."""
        return self.new.get(actor(exchange), {})

    def seen_of(self, exchange: Exchange, kind: str) -> int:
        """Return how often an effect of ``kind``, new or known, was seen for the event of ``exchange``."""
        who = actor(exchange)
        return self.new.get(who, {}).get(kind, 0) + self.known.get(who, {}).get(kind, 0)

    def not_known(self) -> tuple[str, ...]:
        """Say why effects cannot be counted by event, in at most one sentence."""
        if not self.untraced:
            return ()
        kinds = ", ".join(sorted(set(self.untraced)))
        why = "several were at work and the call carries no identity"
        return (f"{len(self.untraced)} effect(s) ({kinds}) cannot be traced to one event: {why}",)


def actor(exchange: Exchange) -> int:
    """Return who an exchange acts for: its event's number, or minus its own number where it carries none."""
    return exchange.event or -exchange.number


def accounts(scope: Scope) -> Accounts:
    """Return the effects of the case by who caused them."""
    segments, identities = _segments(scope), _identities(scope)
    calls = {(call.dependency, call.number): call for call in scope.calls}
    new: dict[int, Counter[str]] = {}
    known: dict[int, Counter[str]] = {}
    untraced = []
    for effect in scope.effects:
        call = calls.get((effect.dependency, effect.call_number))
        who = _owner(scope, call, segments, identities) if call else _at_work(scope, effect.at, segments)
        if who is not None:
            (new if effect.new else known).setdefault(who, Counter())[kind_of(effect)] += 1
        elif effect.new:
            untraced.append(kind_of(effect))
    return Accounts(new=new, known=known, untraced=tuple(untraced))


def owners(scope: Scope) -> tuple[tuple[DependencyCall, int | None], ...]:
    """Return every call with who caused it, None where it is untraced."""
    segments, identities = _segments(scope), _identities(scope)
    return tuple((call, _owner(scope, call, segments, identities)) for call in scope.calls)


def tried(scope: Scope) -> Mapping[int, frozenset[str]]:
    """Return by exchange's number the kinds of calls that were made for it, whatever came of them.

    Where others of its event were at work at the same time nobody can tell for which of them: then none is told.
    """
    traced = [(call, who) for call, who in owners(scope) if who is not None]
    return {
        exchange.number: frozenset(
            f"{call.dependency} {call.call}"
            for call, who in traced
            if who == actor(exchange) and exchange.sent <= call.received <= exchange.done
        )
        for exchange in scope.exchanges
        if not any(_beside(exchange, other) for other in scope.of_event(exchange.event) if exchange.event)
    }


def _beside(one: Exchange, other: Exchange) -> bool:
    return one is not other and one.sent <= other.done and other.sent <= one.done


def kind_of(effect: SeenEffect) -> str:
    """Return the kind of an effect: ``<dependency> <route>``."""
    return f"{effect.dependency} {effect.call}"


def counted(kinds: Mapping[str, int]) -> str:
    """Tell a count by kind in words."""
    return ", ".join(f"{number} x {kind}" for kind, number in sorted(kinds.items())) or "none"


def expected_effects(scope: Scope, operation: str) -> Mapping[str, int]:
    """Return what one event does, by kind: as the reference shows it, else as it is declared."""
    reference = scope.references.get(operation)
    if reference is not None and not reference.trouble:
        return reference.effects
    declared = scope.configuration.operation(operation).effect
    return {f"{declared.dependency} {declared.route}": 1} if declared else {}


def _identities(scope: Scope) -> Mapping[bytes, frozenset[int]]:
    """Return who acts under each identity that was sent."""
    found: dict[bytes, frozenset[int]] = {}
    for exchange in scope.exchanges:
        if exchange.identity:
            name = exchange.identity.encode()
            found[name] = found.get(name, frozenset()) | {actor(exchange)}
    return found


def _owner(
    scope: Scope, call: DependencyCall, segments: Mapping[str, int], identities: Mapping[bytes, frozenset[int]]
) -> int | None:
    content = b"\n".join((call.target.encode(), *(value.encode() for _, value in call.headers), call.body))
    named = {who for name in found_in(content, identities) for who in identities[name]}
    if named:
        return named.pop() if len(named) == 1 else None
    return _at_work(scope, call.received, segments)


def found_in(content: bytes, identities: Mapping[bytes, object]) -> frozenset[bytes]:
    """Return which of ``identities`` stand in ``content``; the time does not grow with their number."""
    lengths = {len(name) for name in identities}
    windows = (content[at : at + size] for size in lengths for at in range(len(content) - size + 1))
    return frozenset(window for window in windows if window in identities)


def _at_work(scope: Scope, at: int, segments: Mapping[str, int]) -> int | None:
    """Return the one event that can have been at work at ``at``, None where there is not exactly one."""
    before = sorted((e for e in scope.exchanges if e.sent <= at), key=lambda e: e.sent)
    if not before:
        return None
    near = [e for e in before if _segment(e, segments) == _segment(before[-1], segments)]
    live = {actor(e) for e in near if e.done >= at or e.answer is None} or {actor(e) for e in near}
    return live.pop() if len(live) == 1 else None


def _segments(scope: Scope) -> Mapping[str, int]:
    """Return for each label between which settles it was sent; empty where a settle did not end quiet."""
    if scope.unsettled:
        return {}
    segments: dict[str, int] = {}
    current = 0
    for step in scope.case.steps:
        match step:
            case Settle():
                current += 1
            case Send() | ReadBack() | Recover() | Insist():
                segments[step.label] = current
            case Begin():
                segments[step.send.label] = current
            case Together():
                segments.update({send.label: current for send in step.sends})
            case _:
                pass
    return segments


def _segment(exchange: Exchange, segments: Mapping[str, int]) -> int:
    """Return where an exchange lies; the tries of a recovery are labelled after its step."""
    stem = exchange.label.rpartition("-")[0]
    return segments.get(exchange.label, segments.get(stem, -1))


def latest_before(exchanges: Sequence[Exchange], at: int) -> Exchange | None:
    """Return the exchange of ``exchanges`` that was sent last before ``at``, None where none was."""
    return max((e for e in exchanges if e.sent <= at), key=lambda e: e.sent, default=None)
