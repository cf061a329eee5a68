"""What the examples of a draft have shown: which calls the service makes, what they do, and how it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote

from harness.config.routes import METHODS, fields_of
from harness.config.values import is_name
from harness.draft.drafts import Draft, Note
from harness.draft.keys import IDEMPOTENCY
from harness.draft.operations import NO_EVENT, UNSURE, with_event
from harness.model.messages import Outcome
from harness.model.records import record
from harness.model.scope import DependencyCall, Exchange
from harness.model.services import (
    AnswerScript,
    Call,
    EffectKind,
    EffectRef,
    Operation,
    Route,
    Selector,
)
from harness.redaction.redact import redact_text
from harness.report.shown import one_line

_READING = ("GET", "HEAD", "OPTIONS")
_FIELD = re.compile(r"\{[^{}]*\}")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_VERSION = re.compile(r"v\d+")
_OF_NO_NAME = re.compile(r"\d+|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-f]{16,}")
"""A segment of a path that is a number or an identity."""
_FILE, _LAST = re.compile(r'File "(?:[^"]*/)?([^"/]+)"'), r"\1"
"""A file in the place of a traceback, and its bare name."""
_SHOWN = 120
"""Characters of an answer that are quoted."""

BETTER = "Put a valid example here"
FAILED = "Is it this example, or what a dependency answers?"
ANSWERED = "what it answers is made up: put there what it answers in life"
COUNTED = "each call counts; {keyed: SELECTOR} where the other side knows repeats by a key"


@record
class Shown:
    """What one example has shown: its exchange (None: it was not sent), the calls that came of it, what was raised.

    ``raised`` are exceptions, each with its place, where the service answered 5xx.
    """

    exchange: Exchange | None
    calls: tuple[DependencyCall, ...]
    raised: frozenset[tuple[str, str]] = frozenset()

    @property
    def accepted(self) -> bool:
        """Whether the service took the example."""
        return self.exchange is not None and self.exchange.outcome is Outcome.ACCEPTED

    @property
    def refused(self) -> bool:
        """Whether the service said that the example is wrong."""
        return self.exchange is not None and self.exchange.outcome is Outcome.REJECTED

    def told(self) -> str:
        """Return how it was answered, in a few words; of a failure what was raised, where the log says so."""
        if self.exchange is None or self.exchange.answer is None:
            return "it got no answer"
        raised = "; ".join(f"{error} at {_FILE.sub(_LAST, place)}" for error, place in sorted(self.raised))
        body = self.exchange.answer.body.decode("utf-8", "replace")
        said = one_line(redact_text(raised or body), _SHOWN)
        return f"it was answered {self.exchange.answer.status}{': ' if said else ''}{said}"

    def member(self, name: str) -> str:
        """Return a member of the answer's JSON as a text; empty where there is none that a path can hold."""
        try:
            found = json.loads(self.exchange.answer.body) if self.exchange and self.exchange.answer else None
        except (ValueError, RecursionError):
            return ""
        value = found.get(name) if isinstance(found, dict) else None
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def with_calls(draft: Draft, shown: Mapping[str, Shown]) -> Draft:
    """Return the draft with the calls that nobody had declared; the same draft where there was none."""
    for name, what in shown.items():
        operation = draft.configuration.operation(name)
        for call in what.calls:
            if not call.call:
                draft = _with_call(draft, call, _words(operation))
    return draft


def _with_call(draft: Draft, seen: DependencyCall, words: Mapping[str, str]) -> Draft:
    if seen.method not in METHODS:
        return draft
    dependencies = {one.name: one for one in draft.configuration.dependencies}
    dependency = dependencies[seen.dependency]
    call, note = _declared(seen, words)
    if any(_alike(known.route, call.route) for known in dependency.calls):
        return draft
    dependencies[seen.dependency] = replace(dependency, calls=(*dependency.calls, call))
    place = f"dependencies.{dependency.name}.calls.{len(dependency.calls)}"
    draft = replace(draft, configuration=replace(draft.configuration, dependencies=tuple(dependencies.values())))
    notes = [Note(place=f"{place}.answer", text=ANSWERED, decide=True)]
    notes += [Note(place=f"{place}.effect", text=note)] if note else []
    return draft.noted(*notes)


def _alike(one: Route, other: Route) -> bool:
    """Tell whether two routes are one, whatever their fields are called."""
    return (one.method, _FIELD.sub("{}", one.path)) == (other.method, _FIELD.sub("{}", other.path))


def _declared(seen: DependencyCall, words: Mapping[str, str]) -> tuple[Call, str]:
    """Return a call as the configuration declares it, and what is to be said of its effect."""
    path = _BARE_PERCENT.sub("%25", seen.target.partition("?")[0])
    route = Route(method=seen.method, path=_general(path, words))
    if seen.method in _READING:
        return Call(route=route, answer=AnswerScript(json={})), ""
    made = 201 if seen.method == "POST" else 200
    call = Call(route=route, effect=EffectKind.UNKEYED, answer=AnswerScript(status=made, json={"id": "{uuid}"}))
    header = next((name for name, _ in seen.headers if IDEMPOTENCY.fullmatch(name)), "")
    if header:
        return replace(call, effect=EffectKind.KEYED, key=(Selector(place="header", name=header),)), ""
    fields = fields_of(route.path)
    if seen.method in ("PUT", "DELETE") and fields:
        key = tuple(Selector(place="path", name=field) for field in fields)
        return replace(call, effect=EffectKind.KEYED, key=key), ""
    return call, COUNTED


def _words(operation: Operation) -> Mapping[str, str]:
    """Return the texts of an example that a path may repeat, with what they are called there; versions are literal."""
    return {text: name for name, text in _texts(operation.json, "id") if len(text) > 1 and not _VERSION.fullmatch(text)}


def _texts(value: object, name: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _texts(inner, str(key))
        case list():
            for inner in value:
                yield from _texts(inner, name)
        case str() | int() if not isinstance(value, bool):
            yield name, str(value)


def _general(path: str, words: Mapping[str, str]) -> str:
    """Return a path in which what comes of the request, a number or an identity is ``{name}``."""
    taken: set[str] = set()
    segments = []
    for segment in path.split("/"):
        name = words.get(unquote(segment)) or ("id" if _OF_NO_NAME.fullmatch(segment) else "")
        if not segment or not name:
            segments.append(segment.replace("{", "%7B").replace("}", "%7D"))
            continue
        name = name if is_name(name) else "id"
        while name in taken:
            name += "_"
        taken.add(name)
        segments.append(f"{{{name}}}")
    return "/".join(segments)


def with_effects(draft: Draft, shown: Mapping[str, Shown]) -> Draft:
    """Return the draft with the effect of each operation: the call by which its example changed something."""
    found = {name: _effects(draft, name, what.calls) for name, what in shown.items() if what.accepted}
    for name, effects in found.items():
        others = ", ".join(f"{one.dependency} {one.route}" for one in effects[1:])
        if others and draft.configuration.operation(name).effect is None:
            text = f"its other effects are {others}: name the one that must not be lost"
            draft = draft.noted(Note(place=f"operations.{name}.effect", text=text, decide=True))
    return draft.of(
        replace(one, effect=found[one.name][0]) if found.get(one.name) and one.effect is None else one
        for one in draft.configuration.operations
    )


def _effects(draft: Draft, name: str, calls: Iterable[DependencyCall]) -> tuple[EffectRef, ...]:
    """Return the declared calls among these that change something, those included that were not declared yet."""
    words = _words(draft.configuration.operation(name))
    found = [
        EffectRef(dependency=dependency.name, route=known.route)
        for call in calls
        for dependency in draft.configuration.dependencies
        for known in dependency.calls
        if dependency.name == call.dependency
        and known.effect is not EffectKind.NONE
        and (str(known.route) == call.call or (not call.call and _alike(known.route, _declared(call, words)[0].route)))
    ]
    return tuple(dict.fromkeys(found))


def with_answers(draft: Draft, shown: Mapping[str, Shown]) -> Draft:
    """Return the draft with a note for each example that the service did not take."""
    for name, what in shown.items():
        if not what.accepted:
            text = f"{what.told()}. {BETTER if what.refused else FAILED}"
            draft = draft.noted(Note(place=f"operations.{name}.json", text=text, decide=True))
    return draft


def without_failed_guesses(draft: Draft, shown: Mapping[str, Shown]) -> Draft:
    """Return the draft without the events that were guessed and that the service may have refused."""
    guesses = {note.place for note in draft.notes if note.text == UNSURE}
    for operation in draft.configuration.operations:
        place = f"operations.{operation.name}.event"
        if place in guesses and shown[operation.name].refused:
            draft = with_event(draft, operation).noted(Note(place=place, text=NO_EVENT, decide=True))
    return draft
