"""The story of a case: what was sent, answered, called and effected, without what differs from time to time.

Two runs of one case on one build tell the same story. So tries of one act are one, what was released at the same
instant has the order of the plan, moments and ports are left out, and nothing is known by its place in time alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from harness.history.references import answer_json
from harness.model.cases import Case
from harness.model.messages import Answer, Outcome
from harness.model.records import record
from harness.model.scope import DependencyCall, Exchange, Scope, SeenEffect
from harness.model.steps import Begin, Insist, Load, Recover, Together

_TRY = re.compile(r"(?P<label>.+)-[0-9]+")
_SYMBOL = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@record
class Told:
    """One exchange of a story; of several tries the last. ``label`` is that of its act.

    ``duplicate``: another request with the same message was released at the same instant and accepted, and this one got
    that answer, or one that a duplicate in flight may get. Which of the two is chance.
    """

    label: str
    exchange: Exchange
    duplicate: bool = False


@record
class Called:
    """One call to a dependency: ``route`` with the dependency before it, and what it carried.

    ``key`` is that of its effect (None: it had none, or none keyed), ``effect`` whether it had a new one.
    """

    route: str
    target: str
    key: str | None
    effect: bool
    body: object

    @property
    def document(self) -> dict[str, object]:
        """What of it is compared, as JSON."""
        return {"target": self.target, "key": self.key, "effect": self.effect, "body": self.body}


@record
class Story:
    """What a case shows: its exchanges in the order of the plan, and its calls, by dependency and route."""

    exchanges: tuple[Told, ...]
    calls: tuple[Called, ...]

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """How many calls and how many new effects each route had."""
        calls = Counter(call.route for call in self.calls)
        effects = Counter(call.route for call in self.calls if call.effect)
        return {route: (number, effects[route]) for route, number in calls.items()}


def has_story(case: Case) -> bool:
    """Tell whether a case can be told: of a load there are only numbers."""
    return not any(isinstance(step, Load) for step in case.steps)


def story_of(scope: Scope) -> Story:
    """Return what ``scope`` shows."""
    exchanges = tuple(_in_order(_single(scope.case, scope.exchanges)))
    duplicates = {e.number for e in exchanges if _is_duplicate(e, exchanges, scope)}
    told = [one for exchange in exchanges for one in _unfolded(exchange)]
    return Story(
        exchanges=tuple(Told(label=e.label, exchange=e, duplicate=e.number in duplicates) for e in told),
        calls=tuple(_calls(scope)),
    )


def _single(case: Case, exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """Yield the exchanges with the tries of one act as one: how many there were is a matter of time."""
    repeated = {step.label for step in case.steps if isinstance(step, Insist | Recover)}
    kept: dict[str, Exchange] = {}
    for exchange in exchanges:
        tried = _TRY.fullmatch(exchange.label)
        label = tried["label"] if tried and tried["label"] in repeated else exchange.label
        event = kept[label].event if label in kept else exchange.event
        kept[label] = replace(exchange, label=label, event=event)
    yield from kept.values()


def _in_order(exchanges: Iterable[Exchange]) -> Iterator[Exchange]:
    """Yield what was released at the same instant by what came of it, under the labels of the plan."""
    for _, members in groupby(exchanges, key=lambda exchange: exchange.group or exchange.number):
        yield from _interchanged(list(members))


def _interchanged(members: list[Exchange]) -> Iterator[Exchange]:
    """Yield the members of a group: who of several with one message came first is chance."""
    by_label = sorted(members, key=lambda exchange: exchange.label)
    equals: dict[object, list[Exchange]] = {}
    for exchange in sorted(by_label, key=_outcome):
        equals.setdefault(_asked(exchange), []).append(exchange)
    for place in by_label:
        yield replace(equals[_asked(place)].pop(0), label=place.label)


def _is_duplicate(exchange: Exchange, exchanges: tuple[Exchange, ...], scope: Scope) -> bool:
    """Tell whether an exchange is a duplicate of one before it in its group, and answered as one may be."""
    same = (e for e in exchanges if e.group == exchange.group != "" and _asked(e) == _asked(exchange))
    first = next((e for e in same if e.outcome is Outcome.ACCEPTED), None)
    if first is None or first.number == exchange.number or exchange.answer is None or first.answer is None:
        return False
    in_flight = scope.configuration.operation(exchange.operation).in_flight
    return exchange.status in in_flight or exchange.answer.body == first.answer.body


def _asked(exchange: Exchange) -> object:
    return (exchange.event, exchange.planned.message if exchange.planned else exchange.data)


def _outcome(exchange: Exchange) -> tuple[int, str, int, int]:
    """Return what orders equal requests: status, silence, and how much was answered."""
    answer = exchange.answer or Answer(status=0)
    return (answer.status, str(exchange.silence or ""), len(answer.headers), len(answer.body))


def _unfolded(exchange: Exchange) -> Iterator[Exchange]:
    """Yield the exchange, and one for each further answer on its connection."""
    yield exchange
    for number, answer in enumerate(exchange.later, start=2):
        yield replace(exchange, label=f"{exchange.label}, answer {number}", answer=answer, silence=None, later=())


def _calls(scope: Scope) -> list[Called]:
    """Return the calls by route, in order; where requests were at work at once, by what they carried."""
    effects = {(effect.dependency, effect.call_number): effect for effect in scope.effects}
    calls = [_called(call, effects.get((call.dependency, call.number))) for call in scope.calls]
    if any(isinstance(step, Together | Begin) for step in scope.case.steps):
        calls.sort(key=lambda call: _SYMBOL.sub("", repr((call.target, call.key, call.body))))
    return sorted(calls, key=lambda call: call.route)


def _called(call: DependencyCall, effect: SeenEffect | None) -> Called:
    is_json, value = answer_json(Answer(status=0, body=call.body))
    path = call.target.partition("?")[0]
    return Called(
        route=f"{call.dependency} {call.call or f'{call.method} {path}'}",
        target=call.target,
        key=effect.key if effect else None,
        effect=bool(effect and effect.new),
        body=value if is_json else call.body.decode("latin-1"),
    )
