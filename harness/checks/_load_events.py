"""What the checks of a load share: the events that the requests carried, and whose data a text holds."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from harness.history.references import leaves
from harness.load.job import SLOW
from harness.model.events import LoadRequest
from harness.model.messages import Silence
from harness.model.records import record
from harness.model.scope import Scope
from harness.model.steps import Expected, Load

_WORD = re.compile(r"[0-9A-Za-z]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

STALE = "stale"
"""The silence of a used connection that ended before a byte of the answer: idle connections may be closed."""

_NAMED = 5
"""How many requests a finding names."""


@record
class Carried:
    """One event of a load and the requests that carried it, in the order due."""

    event: int
    requests: tuple[LoadRequest, ...]

    @property
    def accepted(self) -> bool:
        """Whether one of its requests was answered 2xx."""
        return any(accepted(request) for request in self.requests)

    @property
    def rejected(self) -> bool:
        """Whether every one of its requests was answered 4xx, or never sent to its end."""
        return all(400 <= request.status < 500 or request.part == SLOW for request in self.requests)


@record
class Owners:
    """Which event a word or an identity belongs to."""

    words: Mapping[str, int]
    identities: Mapping[str, int]

    def of(self, text: str) -> frozenset[int]:
        """Return the events whose words or identity stand in ``text``, without regard to case."""
        folded = text.casefold()
        named = {self.words[word] for word in _WORD.findall(folded) if word in self.words}
        return frozenset(
            named | {self.identities[found] for found in _UUID.findall(folded) if found in self.identities}
        )


def load_of(scope: Scope) -> Load | None:
    """Return the load step of the case, None where it has none."""
    return next((step for step in scope.case.steps if isinstance(step, Load)), None)


def readers(scope: Scope) -> frozenset[str]:
    """Return the labels of the parts of the load that read back what its other requests stored."""
    step = load_of(scope)
    return frozenset(part.label for part in step.parts if part.reads) if step else frozenset()


def malformed(scope: Scope) -> frozenset[str]:
    """Return the labels of the parts of the load that a correct service rejects."""
    step = load_of(scope)
    return frozenset(p.label for p in step.parts if p.expect is Expected.REJECTED) if step else frozenset()


def writes(scope: Scope) -> tuple[LoadRequest, ...]:
    """Return the requests that carry an event: all but those that read."""
    reading = readers(scope)
    return tuple(request for request in scope.requests if request.part not in reading)


def valid(scope: Scope) -> tuple[LoadRequest, ...]:
    """Return the requests that a correct service accepts as it does without load: no reads, none malformed or slow."""
    others = readers(scope) | malformed(scope) | {SLOW}
    return tuple(request for request in scope.requests if request.part not in others)


def accepted(request: LoadRequest) -> bool:
    """Say whether ``request`` was answered 2xx."""
    return 200 <= request.status < 300


def broken_by_generator(request: LoadRequest) -> bool:
    """Say whether ``request`` failed in the generator or was given up by it: that tells nothing of the service."""
    return request.silence == Silence.ABANDONED or request.silence.startswith("error:")


def carried(requests: Iterable[LoadRequest]) -> dict[int, Carried]:
    """Return the events of a load by their number."""
    grouped: dict[int, list[LoadRequest]] = {}
    for request in sorted(requests, key=lambda r: r.index):
        grouped.setdefault(request.event, []).append(request)
    return {event: Carried(event=event, requests=tuple(own)) for event, own in grouped.items()}


def owners(requests: Iterable[LoadRequest], common: Iterable[str] = ()) -> Owners:
    """Return whose word is whose; ``common`` words (those of every answer) are nobody's."""
    shared = frozenset(common)
    chosen = tuple(requests)
    words = {token.casefold(): request.event for request in chosen for token in request.tokens}
    return Owners(
        words={word: event for word, event in words.items() if word not in shared},
        identities={request.identity.casefold(): request.event for request in chosen if request.identity},
    )


def words(text: str) -> Counter[str]:
    """Return how often each word stands in ``text``, without regard to case."""
    return Counter(_WORD.findall(text.casefold()))


def text_of(body: str) -> str:
    """Return the values of a JSON body one a line, so that no escape joins two words; any other body as it is."""
    try:
        return shown(json.loads(body))
    except (ValueError, RecursionError):
        return body


def shown(value: object) -> str:
    """Return the leaves of a JSON value one a line."""
    return "\n".join(str(leaf) for leaf in leaves(value).values())


def named(requests: Sequence[LoadRequest]) -> str:
    """Return how many requests, and the first of them by number."""
    numbers = ", ".join(f"#{request.index}" for request in requests[:_NAMED])
    more = ", ..." if len(requests) > _NAMED else ""
    return f"{len(requests)} request{'s' if len(requests) > 1 else ''} ({numbers}{more})"
