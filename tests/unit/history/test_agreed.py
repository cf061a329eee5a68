"""Two runs of one build say what is noise; a third is held against what they agree on."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import harness.history as history
from harness.history.agreed import agreed, differences
from harness.history.stories import Story, story_of
from harness.model.comparisons import CHANGES, PLACED
from harness.model.messages import Answer, Silence
from harness.model.scope import Scope
from tests.unit.history.stories import answered, call, clean, document, effect, exchange, fresh, scope


def against(new: Scope, old: Scope | None = None, again: Scope | None = None) -> list[tuple[str, str, str]]:
    """Return how a third run differs: label, what, where; what cannot be compared is told by why."""
    one, two = story_of(old or clean(1)), story_of(again or clean(2))
    found = differences(agreed(one, two), story_of(new))
    return [
        (one.label, one.change.what, one.change.where) if one.change else (one.label, one.varies, "") for one in found
    ]


def other(where: Scope, label: str, answer: Answer | Silence) -> Scope:
    """Return a run in which one exchange came to something else."""
    silent = isinstance(answer, Silence)
    return replace(
        where,
        exchanges=tuple(
            replace(e, answer=None if silent else answer, silence=answer if silent else None)  # type: ignore[arg-type]
            if e.label == label
            else e
            for e in where.exchanges
        ),
    )


def test_a_third_run_of_the_same_build_does_not_differ() -> None:
    """Identifiers, identities and what is derived from them are noise, in answers, headers, keys and bodies."""
    assert against(clean(3)) == []


@pytest.mark.parametrize(
    ("what", "where", "more"),
    [
        ("value changed", "/seats", {"seats": 3}),
        ("other JSON type", "/seats", {"seats": "2"}),
        ("null for a value", "/seats", {"seats": None}),
        ("value for null", "/note", {"note": "x"}),
        ("order changed", "/names", {"names": ["a", "b"]}),
        ("other items", "/names", {"names": ["b"]}),
        ("field added", "/fresh", {"fresh": 1}),
    ],
)
def test_what_a_document_says_otherwise_is_told(what: str, where: str, more: dict[str, Any]) -> None:
    """Each kind under its word, at its place, in each answer that has it."""
    assert against(clean(3, **more)) == [("first", what, where), ("again", what, where)]


@pytest.mark.parametrize(
    ("what", "where", "answer"),
    [
        ("other status", "", answered(200, document(3))),
        ("field lost", "/note", answered(201, {"id": fresh(3, 1), "seats": 2, "names": ["b", "a"]})),
        ("value changed", "/id", answered(201, document(3, id="b-1"))),
        ("no JSON document", "", Answer(status=201, headers=(("Content-Type", "application/json"),), body=b"<p>")),
        ("no answer", "", Silence.RESET),
        ("header changed", "Content-Type", replace(answered(201, document(3)), headers=(("Content-Type", "text/x"),))),
    ],
)
def test_what_an_answer_is_otherwise_is_told(what: str, where: str, answer: Answer | Silence) -> None:
    """Of the replay, whose own header is lost where the answer is one by hand."""
    found = [one for one in against(other(clean(3), "again", answer)) if one[1] != "header lost"]
    assert found == [("again", what, where)]


def test_a_header_about_the_age_of_a_version_is_held_too() -> None:
    """Where both runs of the old build show it on an answer, it belongs to that answer."""

    def dated(run: int, *, old: bool = True) -> Scope:
        headers = {"Sunset": "Mon, 01 Nov 2027 00:00:00 GMT"} if old else {}
        return scope([exchange(1, "first", answered(201, {}, **headers), run=run)])

    assert against(dated(3, old=False), dated(1), dated(2)) == [("first", "header lost", "Sunset")]


def test_texts_for_people_may_change_and_error_types_may_not() -> None:
    """The title and detail of a problem document; its type is what clients branch on."""

    def refused(run: int, kind: str, title: str) -> Scope:
        return scope([exchange(1, "first", answered(422, {"type": kind, "title": title}), run=run)])

    one, two = refused(1, "tag:a", "No"), refused(2, "tag:a", "No")
    assert against(refused(3, "tag:a", "Refused"), one, two) == []
    assert against(refused(3, "tag:b", "No"), one, two) == [("first", "error type changed", "")]


def test_what_the_old_build_does_differently_each_time_cannot_be_compared() -> None:
    """Another status, another shape, an answer or none: told with both, and never taken for the same."""
    rare = other(clean(2), "again", answered(409, {}))
    assert against(clean(3), again=rare) == [("again", "status 201 and 409", "")]
    silent = other(clean(2), "again", Silence.TIMEOUT)
    assert against(clean(3), again=silent) == [("again", "answered 201, then no answer (timeout)", "")]


def test_silence_that_stays_the_same_is_no_change() -> None:
    """No answer for the same reason; another reason is one, and so is an answer."""
    old, again = other(clean(1), "again", Silence.RESET), other(clean(2), "again", Silence.RESET)
    assert against(other(clean(3), "again", Silence.RESET), old, again) == []
    assert against(other(clean(3), "again", Silence.CLOSED), old, again) == [("again", "no answer", "")]
    assert against(clean(3), old, again) == [("again", "answered", "")]


def test_calls_are_counted_before_they_are_compared() -> None:
    """More calls and more effects are two changes; the bodies of such calls say nothing more."""
    twice = replace(
        clean(3),
        calls=(call(1, {"batch": 1}), call(2, {"batch": 2})),
        effects=(effect(1, "k"), effect(2, "l")),
    )
    route = "ledger POST /entries"
    assert against(twice) == [(route, "other number of calls", ""), (route, "other number of effects", "")]
    retried = replace(clean(3), calls=(call(1, {}), call(2, {})), effects=(effect(1, "k"), effect(2, "k", new=False)))
    assert against(retried) == [(route, "other number of calls", "")]
    assert against(clean(3), again=retried) == [(route, "1 call with 1 effect, then 2 calls with 1 effect", "")]


def test_what_a_dependency_is_told_is_compared() -> None:
    """Key and body: an id that is not the batch's own any more, a field too many."""
    new = clean(3)
    body = {"batch": fresh(3, 1), "event": fresh(3, 9), "more": 1}
    told = replace(new, calls=(call(1, body),), effects=(effect(1, "batch-x"),))
    route = "ledger POST /entries"
    assert against(told) == [(route, "value changed", "/key"), (route, "field added", "/body/more")]
    assert against(replace(new, calls=(), effects=())) == [
        (route, "other number of calls", ""),
        (route, "other number of effects", ""),
    ]


def test_a_call_that_was_never_made_before_is_told() -> None:
    """A dependency that the old build did not speak to."""
    new = clean(3)
    asked = replace(new, calls=(*new.calls, call(2, {}, dependency="audit")))
    assert against(asked) == [("audit POST /entries", "other number of calls", "")]


def test_an_exchange_that_comes_about_in_one_build_alone_is_told() -> None:
    """A read that needs an id which is not there any more, and the other way round."""
    new = clean(3)
    shorter = replace(new, exchanges=new.exchanges[:1])
    assert against(shorter) == [("again", "exchange lost", "")]
    old = [replace(run, exchanges=run.exchanges[:1]) for run in (clean(1), clean(2))]
    assert against(new, *old) == [("again", "exchange added", "")]
    half = replace(clean(2), exchanges=clean(2).exchanges[:1])
    assert against(new, again=half) == [("again", "it was sent in one run and not in the other", "")]


def test_every_word_for_a_change_can_be_declared() -> None:
    """The words that the comparison uses are those that a declaration may use, and the placed ones are among them."""
    place = Path(history.__file__).parent
    used = {
        word.value
        for file in ("compared.py", "agreed.py")
        for node in ast.walk(ast.parse((place / file).read_text(encoding="utf-8")))
        for word in _words(node)
    }
    assert used == set(CHANGES)
    assert set(CHANGES) >= PLACED


def _words(node: ast.AST) -> list[ast.Constant]:
    """Return the texts that a node gives to ``what``."""
    if not isinstance(node, ast.keyword | ast.Assign):
        return []
    names = [node.arg] if isinstance(node, ast.keyword) else [t.id for t in node.targets if isinstance(t, ast.Name)]
    parts = ast.walk(node.value) if names == ["what"] else ()
    return [part for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def test_an_empty_story_agrees_with_itself() -> None:
    """Nothing told, nothing agreed on."""
    assert agreed(Story(exchanges=(), calls=()), Story(exchanges=(), calls=())) == ()
