"""The canonical transcript of a case: its story as text, in which identities and moments are symbols.

Two replays on one build have the same transcript, so that ``diff`` of two of them tells what became different.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from harness.history.agreed import DUPLICATE
from harness.history.compared import UUID
from harness.history.recorded import UNPROMISED
from harness.history.stories import Called, Told, has_story, story_of
from harness.model.scope import Scope

_IDENTIFIER = re.compile(UUID)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?")
_HOST = re.compile(r"(?im)^(host: ).*$")


def transcript(scopes: Iterable[Scope]) -> str:
    """Return the transcript of several cases, in their order."""
    return "\n".join("\n".join(_case(scope)) for scope in scopes)


def _case(scope: Scope) -> Iterator[str]:
    yield f"== {scope.case.id}: {scope.case.title}"
    if not has_story(scope.case):
        yield "(a load: of its answers there are only numbers)"
        yield ""
        return
    story, symbols = story_of(scope), _Symbols(scope)
    for told in story.exchanges:
        yield from map(symbols, _exchange(told))
    for call in story.calls:
        yield from map(symbols, _call(call))
    for seen in scope.faults:
        struck = "struck" if seen.firings else "never struck"
        yield f"! {seen.fault.kind} at {seen.fault.dependency} {seen.fault.call}".rstrip() + f": {struck}"
    if scope.trouble or scope.unsettled:
        yield symbols(f"? {scope.trouble or scope.unsettled}")
    yield ""


def _exchange(told: Told) -> Iterator[str]:
    exchange = told.exchange
    yield f"> {told.label}"
    yield _HOST.sub(r"\1{host}", _text(exchange.data.replace(b"\r\n", b"\n")))
    if told.duplicate:
        yield f"< {DUPLICATE}"
        return
    if exchange.answer is None:
        yield f"< no answer: {exchange.silence or 'cut off'}"
        return
    answer = exchange.answer
    yield f"< {answer.status}" + ("" if answer.complete else ", cut short")
    kept = (header for header in answer.headers if header[0].lower() not in UNPROMISED)
    yield from (f"{name}: {value}" for name, value in kept)
    yield _text(answer.body)


def _call(call: Called) -> Iterator[str]:
    effect = f"a new effect under {call.key}" if call.effect and call.key else "a new effect" if call.effect else ""
    yield f"@ {call.route}: {effect or 'no new effect'}"
    yield f"{call.target} {json.dumps(call.body, ensure_ascii=False, sort_keys=True)}"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


class _Symbols:
    """Puts symbols in place of identities, identifiers (numbered as they come) and moments."""

    def __init__(self, scope: Scope) -> None:
        self._known = {e.identity.lower(): f"{{event {e.event}}}" for e in scope.exchanges if e.event}

    def __call__(self, text: str) -> str:
        return _MOMENT.sub("{now}", _IDENTIFIER.sub(self._symbol, text))

    def _symbol(self, found: re.Match[str]) -> str:
        count = sum(symbol.startswith("{id") for symbol in self._known.values()) + 1
        return self._known.setdefault(found.group().lower(), f"{{id {count}}}")
