"""A text that clean runs give back comes back as it was sent, letter by letter; space at its ends aside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from harness.checks._evidence import finding, judgement, rule
from harness.checks._messages import expectation, under_test
from harness.checks.registry import Check
from harness.history.references import Leaves, answer_json, leaves
from harness.model.cases import Family
from harness.model.judgements import Finding, Judgement
from harness.model.messages import Outcome, Request
from harness.model.scope import Exchange, Reference, Scope
from harness.model.steps import Compared
from harness.model.verdicts import Severity

NAME = "texts-kept"
SHORTEST = 2
"""Letters of a text that can be found again: a shorter one may stand in an answer by chance."""


def judge(scope: Scope) -> Judgement:
    """Return an opportunity for each changed text of an accepted message that clean runs give back."""
    kept = [e for e in under_test(scope) if expectation(e).compared is Compared.TEXTS]
    accepted = [e for e in kept if e.outcome is Outcome.ACCEPTED]
    reference = scope.reference
    if reference is None or reference.trouble:
        return judgement(NAME, scope, 0, unknown=["there is no clean run to compare with"] if accepted else [])
    seen = [(e, *place) for e in accepted for place in _places(scope, e, reference)]
    findings = [_finding(scope, e, pointer, sent, back) for e, pointer, sent, back in seen if not _same(sent, back)]
    return judgement(NAME, scope, len(seen), findings)


def _places(scope: Scope, exchange: Exchange, reference: Reference) -> Iterator[tuple[str, str, object]]:
    """Yield where a changed text belongs in the answer, the text, and what stands there.

    Only an answer of the clean runs' shape is looked at: in another shape places mean other things.
    """
    found = leaves(answer_json(exchange.answer)[1]) if exchange.answer else {}
    clean = leaves(reference.answer)
    if found.keys() != clean.keys():
        return
    for example, sent in _changed(scope, exchange).items():
        for pointer, value in clean.items():
            if pointer not in reference.noise and isinstance(value, str) and value.strip() == example:
                yield pointer, sent, found[pointer]


def _changed(scope: Scope, exchange: Exchange) -> Mapping[str, str]:
    """Return the texts of the valid example that the message changed, with what it has in their place."""
    message = exchange.planned.message if exchange.planned else None
    if not isinstance(message, Request) or scope.operation.json is None:
        return {}
    example, sent = leaves(scope.operation.json), _sent(message)
    texts = [value.strip() for value in example.values() if isinstance(value, str)]
    pairs = [(example[pointer], sent[pointer]) for pointer in example.keys() & sent.keys()]
    return {
        old.strip(): new
        for old, new in pairs
        if isinstance(old, str) and isinstance(new, str) and old != new and _telling(old.strip(), texts)
    }


def _sent(message: Request) -> Leaves:
    try:
        return leaves(json.loads(message.body))
    except (ValueError, RecursionError):
        return {}


def _telling(text: str, texts: list[str]) -> bool:
    """Tell whether a text can be found again: long enough, and once in the example."""
    return len(text) >= SHORTEST and texts.count(text) == 1


def _same(sent: str, back: object) -> bool:
    return isinstance(back, str) and back.strip() == sent.strip()


def _finding(scope: Scope, exchange: Exchange, pointer: str, sent: str, back: object) -> Finding:
    others = {text for e in scope.exchanges if e.number != exchange.number for text in _texts(e)}
    strange = isinstance(back, str) and back.strip() in others
    told = f"{pointer} of the answer is {json.dumps(back)} where {json.dumps(sent)} was sent"
    return finding(
        NAME,
        scope,
        [exchange],
        symptom="another message's text" if strange else "text changed",
        severity=Severity.CRITICAL if strange else Severity.MAJOR,
        force=expectation(exchange).force,
        happened=f"'{exchange.label}' was accepted, yet {told}",
        expected=rule(exchange, "a text that is accepted is kept letter by letter"),
        why="what was stored is not what was sent, and nobody was told"
        if not strange
        else "one caller's data is stored as another's",
    )


def _texts(exchange: Exchange) -> Iterator[str]:
    message = exchange.planned.message if exchange.planned else None
    if isinstance(message, Request):
        yield from (value.strip() for value in _sent(message).values() if isinstance(value, str))


CHECK = Check(
    name=NAME,
    title="Texts are kept",
    doc="A plain text of an accepted message comes back as it was sent wherever clean runs give that text back.",
    families=frozenset({Family.MALFORMED}),
    judge=judge,
)
