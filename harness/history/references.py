"""What an operation does when nothing disturbs it: learned from clean runs, then held against disturbed ones.

Noise is typed: an identifier, a time, a counter, the event's own identity, or the same value as another
place. Everything else must be equal to the letter; what echoes the request is never masked, because
the reference requests are equal but for their identity.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

from harness.model.messages import Answer, Outcome
from harness.model.records import record
from harness.model.scope import Exchange, Reference, Scope, SeenEffect
from harness.model.services import EffectKind

RUNS = 3
"""How many clean runs make a reference at least."""

REFERENCE_LABEL = "reference"
"""The label of the send in a reference case that is learned from."""

Leaves = dict[str, object]


@record
class Deviation:
    """One place at which an answer is not as the clean ones: a JSON pointer, ``the body``, or ``status``.

    ``clean`` and ``here`` are the values as JSON, shortened, empty where there is none; of a value that is another one
    in every clean run ``clean`` is the kind of its noise. ``sentence`` tells it in words.
    """

    place: str
    clean: str
    here: str
    sentence: str


def answer_json(answer: Answer) -> tuple[bool, object]:
    """Return whether the body of ``answer`` is JSON, and its value."""
    try:
        return True, json.loads(answer.body)
    except (ValueError, RecursionError):
        return False, None


def leaves(value: object, pointer: str = "") -> Leaves:
    """Return every leaf of a JSON value by its pointer (RFC 6901); an empty container is a leaf."""
    if isinstance(value, dict) and value:
        parts = [leaves(child, f"{pointer}/{_escaped(key)}") for key, child in value.items()]
    elif isinstance(value, list) and value:
        parts = [leaves(child, f"{pointer}/{index}") for index, child in enumerate(value)]
    else:
        return {pointer: value}
    return {key: leaf for part in parts for key, leaf in part.items()}


def learn(operation: str, scopes: Sequence[Scope]) -> Reference:
    """Return the reference of ``operation`` from the scopes of its reference cases; ``trouble`` says why it is none."""
    seen = [exchange for scope in scopes if (exchange := scope.labelled(REFERENCE_LABEL))]
    trouble = _trouble(operation, scopes, seen)
    if trouble:
        return Reference(operation=operation, runs=len(seen), trouble=trouble)
    answers = [exchange.answer for exchange in seen if exchange.answer]
    values = [_leaves_of(answer) for answer in answers]
    if any(set(value) != set(values[0]) for value in values):
        return Reference(operation=operation, runs=len(seen), trouble=f"{operation}: the clean answers differ in shape")
    return Reference(
        operation=operation,
        runs=len(seen),
        status=seen[0].status,
        answer=_value_of(answers[0]),
        noise=_noise(values, [exchange.identity for exchange in seen]),
        calls=_calls(scopes[0]),
        effects=_effects(scopes[0]),
        slowest=max(exchange.took for exchange in seen),
    )


def differences(reference: Reference, answer: Answer, request: bytes) -> tuple[str, ...]:
    """Return in sentences how ``answer`` to ``request`` differs from the reference, noise aside; empty: it does not."""
    return tuple(deviation.sentence for deviation in deviations(reference, answer, request))


def deviations(reference: Reference, answer: Answer, request: bytes) -> tuple[Deviation, ...]:
    """Return every place at which ``answer`` to ``request`` differs from the reference, noise aside.

    Answers with different statuses differ in that, and in nothing else that says more.
    """
    if answer.status != reference.status:
        sentence = f"status {answer.status} instead of {reference.status}"
        return (Deviation(place="status", clean=str(reference.status), here=str(answer.status), sentence=sentence),)
    found = _leaves_of(answer)
    wanted = leaves(reference.answer)
    missing = tuple(
        Deviation(
            place=_named(pointer), clean=_short(wanted[pointer]), here="", sentence=f"{_named(pointer)} is missing"
        )
        for pointer in wanted
        if pointer not in found
    )
    extra = tuple(
        Deviation(place=_named(pointer), clean="", here=_short(found[pointer]), sentence=f"{_named(pointer)} is new")
        for pointer in found
        if pointer not in wanted
    )
    changed = tuple(
        Deviation(
            place=_named(pointer),
            clean=reference.noise.get(pointer) or _short(wanted[pointer]),
            here=_short(found[pointer]),
            sentence=sentence,
        )
        for pointer in wanted
        if pointer in found and (sentence := _difference(pointer, reference, wanted[pointer], found, request))
    )
    return missing + extra + changed


def _named(pointer: str) -> str:
    return pointer or "the body"


def _value_of(answer: Answer) -> object:
    """Return the JSON of ``answer``, or its body as text (a character a byte) where it is not JSON."""
    is_json, value = answer_json(answer)
    return value if is_json else answer.body.decode("latin-1")


def _leaves_of(answer: Answer) -> Leaves:
    return leaves(_value_of(answer))


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _calls(scope: Scope) -> dict[str, int]:
    return dict(Counter(f"{call.dependency} {call.call or call.method + ' ' + call.target}" for call in scope.calls))


def _effects(scope: Scope) -> dict[str, int]:
    return dict(Counter(f"{effect.dependency} {effect.call}" for effect in scope.effects if effect.new))


def _trouble(operation: str, scopes: Sequence[Scope], seen: Sequence[Exchange]) -> str:
    """Return why the clean runs make no reference, in one sentence; empty when they do."""
    if len(seen) < RUNS:
        return f"{operation}: only {len(seen)} of {RUNS} clean runs happened"
    refused = next((exchange for exchange in seen if exchange.outcome is not Outcome.ACCEPTED), None)
    if refused:
        return f"{operation}: the valid example is not accepted: {_told(refused)}{_hints(scopes[0])}"
    if len({exchange.status for exchange in seen}) > 1:
        return f"{operation}: clean runs are answered with different statuses"
    unsettled = next((scope.unsettled for scope in scopes if scope.unsettled), "")
    if unsettled:
        return f"{operation}: a clean run did not come to rest: {unsettled}"
    if any(_calls(scope) != _calls(scopes[0]) or _effects(scope) != _effects(scopes[0]) for scope in scopes):
        return f"{operation}: clean runs call the dependencies differently"
    return _missing_effect(operation, scopes[0])


def _missing_effect(operation: str, scope: Scope) -> str:
    """Return what is wrong with the effects of a clean run against what is declared; empty where nothing is."""
    declared = scope.operation.effect
    if declared is not None and not _effects(scope).get(f"{declared.dependency} {declared.route}"):
        return (
            f"{operation}: the declared effect '{declared.dependency} {declared.route}' was not seen at the double: "
            f"does the service call it where the harness listens?{_hints(scope)}"
        )
    return next((problem for effect in scope.effects if (problem := _keyless(operation, scope, effect))), "")


def _keyless(operation: str, scope: Scope, effect: SeenEffect) -> str:
    """Say that a call which is declared as keyed held no key, so that its repeats cannot be told; empty: it did."""
    for dependency in scope.configuration.dependencies:
        for call in dependency.calls:
            same = (dependency.name, str(call.route)) == (effect.dependency, effect.call)
            if same and call.effect is EffectKind.KEYED and effect.key is None:
                keys = ", ".join(map(str, call.key))
                return (
                    f"{operation}: '{dependency.name} {call.route}' is declared as keyed by {keys}, and the call held "
                    "nothing there: is the name right?"
                )
    return ""


def _hints(scope: Scope) -> str:
    """Tell what the doubles saw that may explain why a clean run failed."""
    strange = {f"{c.dependency} got {c.method} {c.target}" for c in scope.calls if not c.call}
    called = {c.dependency for c in scope.calls}
    silent = {
        f"{d.name} got no call" + (f" (it is told by {d.env})" if d.env else "")
        for d in scope.configuration.dependencies
        if d.name not in called
    }
    hints = [f"{what}, which is not declared" for what in sorted(strange)] + sorted(silent)
    return f" ({'; '.join(hints)})" if hints else ""


def _told(exchange: Exchange) -> str:
    """Tell in a few words what came of an exchange."""
    if exchange.answer is None:
        return f"no answer ({exchange.silence or 'nothing seen'})"
    return f"{exchange.status} {exchange.answer.body[:200].decode('utf-8', 'replace')}".strip()


def _noise(values: Sequence[Leaves], identities: Sequence[str]) -> dict[str, str]:
    """Return the kind of noise of each pointer whose value differs between the clean runs."""
    noise: dict[str, str] = {}
    for pointer in values[0]:
        column = [value[pointer] for value in values]
        if all(value == column[0] for value in column):
            continue
        twin = next((p for p in noise if [v[p] for v in values] == column), None)
        noise[pointer] = f"same as {twin}" if twin is not None else _kind(column, identities)
    return noise


def _kind(column: Sequence[object], identities: Sequence[str]) -> str:
    """Name the kind of difference in a column of values, one a run."""
    if list(column) == list(identities):
        return "identity"
    return next((kind for kind, holds in _KINDS.items() if holds(column)), "varied")


def _counts_up(column: Sequence[object]) -> bool:
    numbers = [value for value in column if isinstance(value, int) and not isinstance(value, bool)]
    return len(numbers) == len(column) and all(a < b for a, b in pairwise(numbers))


def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


_KINDS: dict[str, Callable[[Sequence[object]], bool]] = {
    "counter": _counts_up,
    "time": lambda column: all(_is_time(value) for value in column),
    "identifier": lambda column: all(isinstance(v, str) for v in column) and len(set(column)) == len(column),
}
"""The kinds of noise and how a column of values shows it, asked in this order."""


def _difference(pointer: str, reference: Reference, wanted: object, found: Leaves, request: bytes) -> str:
    """Return how the value at ``pointer`` differs, empty where it does not."""
    value = found[pointer]
    kind = reference.noise.get(pointer, "")
    name = _named(pointer)
    if not kind:
        same = value == wanted and type(value) is type(wanted)
        return "" if same else f"{name} is {_short(value)} instead of {_short(wanted)}"
    if kind.startswith("same as "):
        twin = kind.removeprefix("same as ")
        return "" if value == found.get(twin) else f"{name} is {_short(value)}, not the same as {twin}"
    if kind == "identity":
        stands = isinstance(value, str) and value.encode() in request
        return "" if stands else f"{name} is {_short(value)}, not the identity that was sent"
    if kind == "time" and not _is_time(value):
        return f"{name} is {_short(value)}, not a time"
    return "" if type(value) is type(wanted) else f"{name} is {_short(value)}, of another type than {_short(wanted)}"


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:77] + "..."
