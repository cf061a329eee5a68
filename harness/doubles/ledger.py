"""What really happened at the dependency: which declared call, which effect, what state, and the answer to it.

Pure bookkeeping of one instance's life: no socket, no clock of its own. Calls and effects are counted apart: a repeat
under a known key is another call, the same effect, and gets the first answer again.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import field
from urllib.parse import unquote

from harness.doubles.answers import Values, scripted
from harness.doubles.asked import MISSING, Asked, path_segments, select
from harness.doubles.responses import Response, json_response
from harness.model.records import record
from harness.model.services import Call, Dependency, EffectKind

_NAMESPACE = uuid.UUID("b6a7c3d2-35f4-5c0e-8a51-0f6f6b7e9d10")


@record
class Matched:
    """The declared call that a request is; ``name`` is empty and ``call`` None where it is undeclared.

    ``state`` is the path under a ``store`` that is read, empty where the request reads no state.
    """

    name: str = ""
    call: Call | None = None
    segments: Mapping[str, str] = field(default_factory=dict)
    state: str = ""


@record
class Landing:
    """What a call changed: ``effect`` is None where it changes nothing, else its key and whether it is new."""

    response: Response
    effect: tuple[str | None, bool] | None = None


class Ledger:
    """The books of one dependency; ``now`` gives the wall time as RFC 3339 text."""

    def __init__(self, dependency: Dependency, salt: str, now: Callable[[], str]) -> None:
        self._dependency = dependency
        self._salt = salt
        self._now = now
        self._calls = sorted(dependency.calls, key=lambda call: call.route.path.count("{"))
        self._stores = tuple(call.store for call in dependency.calls if call.store)
        self.forget()

    def forget(self) -> None:
        """Drop all state, known keys and counts."""
        self._known: dict[tuple[str, tuple[str, ...]], Response] = {}
        self._state: dict[str, object] = {}
        self._counts: Counter[str] = Counter()

    def match(self, asked: Asked) -> Matched:
        """Return which declared call or read of state the request is; literal paths come before ``{name}`` ones."""
        state = self._state_read(asked)
        for call in self._calls:
            segments = path_segments(call.route, asked.path) if call.route.method == asked.method else None
            if segments is not None:
                return Matched(name=str(call.route), call=call, segments=segments, state=state)
        return Matched(name=f"GET {state.rpartition('/')[0]}/{{key}}" if state else "", state=state)

    def _state_read(self, asked: Asked) -> str:
        store, _, key = asked.path.rpartition("/")
        return f"{store}/{unquote(key)}" if asked.method == "GET" and key and store in self._stores else ""

    def count(self, matched: Matched) -> int:
        """Count one more call of the route; return its number since the instance began."""
        self._counts[matched.name] += 1
        return self._counts[matched.name]

    def answer(self, matched: Matched, asked: Asked, call_id: int, n: int) -> Response:
        """Return what the dependency answers, without anything landing."""
        if matched.state:
            return self._state_answer(matched.state)
        if matched.call is None:
            return json_response(404, json.dumps({"error": f"no call {asked.method} {asked.path} is declared"}))
        values = Values(uuid=self._uuid(call_id), now=self._now(), n=n, asked=asked, segments=matched.segments)
        return self._known.get(_known_as(matched, asked)) or scripted(matched.call.answer, values)

    def land(self, matched: Matched, asked: Asked, call_id: int, n: int) -> Landing:
        """Let the call happen: keep its state and key, and return its answer and its effect."""
        response = self.answer(matched, asked, call_id, n)
        call = matched.call
        if call is None:
            return Landing(response=response)
        known_as = _known_as(matched, asked)
        key, new = ",".join(known_as[1]) or None, known_as not in self._known
        if call.store and key is not None and asked.json is not MISSING and new:
            self._state[f"{call.store}/{key}"] = asked.json
        if call.effect is EffectKind.KEYED and key is not None:
            self._known.setdefault(known_as, response)
            return Landing(response=response, effect=(key, new))
        return Landing(response=response, effect=None if call.effect is EffectKind.NONE else (None, True))

    def _state_answer(self, place: str) -> Response:
        if place not in self._state:
            return json_response(404, json.dumps({"error": "nothing is stored there"}))
        return json_response(200, json.dumps(self._state[place]))

    def _uuid(self, call_id: int) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self._salt}\x1f{self._dependency.name}\x1f{call_id}"))


def _known_as(matched: Matched, asked: Asked) -> tuple[str, tuple[str, ...]]:
    """Return route and key parts; no parts at all where one of them is missing: such a call has no key."""
    selectors = matched.call.key if matched.call else ()
    parts = [select(selector, asked, matched.segments) for selector in selectors]
    whole = tuple(part for part in parts if part is not None)
    return matched.name, whole if len(whole) == len(parts) else ()
