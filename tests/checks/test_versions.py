"""Checks of old clients: nothing lost, changed or added unsaid; an old version says so; versions stay apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.history.compared import forms
from harness.model.cases import Family
from harness.model.clients import Promise, PromisedAnswer
from harness.model.messages import Answer, Silence
from harness.model.scope import Exchange, Scope
from harness.model.services import Json, Selector
from harness.model.steps import Expectation, Expected
from harness.model.verdicts import Severity
from tests.checks.scenes import (
    HELD_UP,
    answer,
    at_the_ledger,
    call,
    effects,
    exchange,
    found,
    holds,
    judged,
    not_known,
    scope,
    symptoms,
)

FAMILY = Family.VERSIONS
KEEP, ADD = "old-clients-keep-their-answers", "only-declared-additions"
TOLD, UNKNOWN, APART = "old-version-says-so", "unknown-version-refused", "versions-stay-apart"

ID = "0e5b7d4e-3c53-4a0e-9d0c-4f6b8f1f2a11"
OTHER_ID = "5b1c8c0e-6a0f-4f0a-8d55-1f3e2a9b7c10"
BODY: dict[str, Json] = {
    "id": ID,
    "seats": 2,
    "names": ["b", "a"],
    "rows": [{"index": 1, "reason": "blank"}],
    "note": None,
}
RECORDED = PromisedAnswer(
    status=201, headers=(("Content-Type", "application/json"), ("Allow", "GET, POST")), json={**BODY, "id": "{uuid}"}
)
OLD = (("Deprecation", "@1767225600"), ("Sunset", "Fri, 01 Jan 2027 00:00:00 GMT"))


def promised(what: Exchange, promise: Promise) -> Exchange:
    """Return the exchange with a promise in its plan."""
    assert what.planned is not None
    return replace(what, planned=replace(what.planned, promise=promise))


def seen(body: object = BODY, status: int = 201, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Return an answer with the headers of the recorded one, those given before them."""
    usual = (("content-type", "application/JSON"), ("Allow", "POST, GET"))
    return replace(answer(status, body), headers=(*headers, *usual))


def kept(what: Answer | Silence, recorded: PromisedAnswer = RECORDED, *, additions: bool = False) -> Scope:
    """Return a case of one exchange of an old client."""
    return scope(
        FAMILY,
        promised(exchange("v1/made", 0, what), Promise(client="v1", answer=recorded, additions=additions)),
    )


def test_an_answer_as_recorded_holds() -> None:
    """Noise, the order of members, of the methods in Allow and the case of a media type are no change."""
    shuffled = dict(reversed([*BODY.items()]))
    assert judged(KEEP, kept(seen(shuffled))) == holds(KEEP, 1)
    assert judged(ADD, kept(seen(shuffled))) == holds(ADD, 1)


@pytest.mark.parametrize(
    ("symptom", "what"),
    [
        ("no answer", Silence.RESET),
        ("other status", seen(status=200)),
        ("header changed at Content-Type", seen(headers=(("Content-Type", "text/plain"),))),
        ("header lost at Allow", answer(201, BODY)),
        ("field lost at /seats", seen({k: v for k, v in BODY.items() if k != "seats"})),
        ("other JSON type at /seats", seen({**BODY, "seats": "2"})),
        ("other JSON type at /seats", seen({**BODY, "seats": True})),
        ("null for a value at /seats", seen({**BODY, "seats": None})),
        ("value for null at /note", seen({**BODY, "note": ""})),
        ("value changed at /seats", seen({**BODY, "seats": 3})),
        ("value changed at /id", seen({**BODY, "id": "b-1"})),
        ("order changed at /names", seen({**BODY, "names": ["a", "b"]})),
        ("other items at /names", seen({**BODY, "names": ["b"]})),
        ("value changed at /rows/*/reason", seen({**BODY, "rows": [{"index": 1, "reason": "empty"}]})),
        ("no JSON document", seen(b"<html>")),
    ],
)
def test_what_is_lost_or_changed_is_found(symptom: str, what: Answer | Silence) -> None:
    """One symptom each, with its place and without its value; it fails the gate."""
    findings = judged(KEEP, kept(what)).findings
    assert [(f.symptom, f.severity, f.fails_gate, f.exchanges) for f in findings] == [
        (symptom, Severity.MAJOR, True, (1,))
    ]


def test_a_change_is_told_whole() -> None:
    """A finding says what was seen, what was recorded, and what it costs."""
    assert judged(KEEP, kept(seen({**BODY, "seats": 3}))).findings == (
        found(
            KEEP,
            symptom="value changed at /seats",
            severity=Severity.MAJOR,
            happened=f"'v1/made' was answered 201 {seen({**BODY, 'seats': 3}).body.decode()}: /seats is 3 instead of 2",
            expected="the answer that the client v1 got when its book was recorded, noise aside",
            why="clients that nobody will release again were built against the recorded answer",
            exchanges=(1,),
        ),
    )


def test_a_renamed_error_type_has_a_name_of_its_own() -> None:
    """Of an error document the type is what clients branch on; its texts for people may change."""
    recorded = PromisedAnswer(status=422, json={"type": "tag:a", "detail": "{text}"})
    assert symptoms(judged(KEEP, kept(answer(422, {"type": "tag:a", "detail": "x"}), recorded))) == {}
    assert symptoms(judged(KEEP, kept(answer(422, {"type": "tag:b", "detail": "x"}), recorded))) == {
        "error type changed": ("major must", "application", (1,))
    }


def test_an_added_field_is_a_finding_unless_declared() -> None:
    """Success documents gain nothing unsaid; a book may allow it; error documents may always gain members."""
    gained = seen({**BODY, "totals": {"all": 3}})
    assert symptoms(judged(ADD, kept(gained))) == {"field added at /totals": ("major must", "application", (1,))}
    assert judged(KEEP, kept(gained)) == holds(KEEP, 1)
    assert judged(ADD, kept(gained, additions=True)) == holds(ADD, 0)
    refused = PromisedAnswer(status=422, json={"type": "tag:a"})
    assert judged(ADD, kept(answer(422, {"type": "tag:a", "more": 1}), refused)) == holds(ADD, 0)


def test_a_lack_of_time_of_the_machine_is_not_laid_to_the_service() -> None:
    """A 503 while the harness itself was held up is unknown, and asks for another attempt."""
    late = replace(kept(seen(status=503)), stalls=HELD_UP)
    told = judged(KEEP, late)
    assert (told.findings, len(told.unknown), told.disturbed) == ((), 1, True)
    assert symptoms(judged(KEEP, kept(seen(status=503)))) == {"other status": ("major must", "application", (1,))}


def test_an_answer_that_says_that_a_part_is_missing_is_not_compared() -> None:
    """Where the operation declares the place, being degraded is honest: unknown, tried again, never a finding."""
    where = kept(seen({**BODY, "seats": None, "degraded": "late"}))
    book = replace(where.configuration.operations[0], degraded=Selector(place="json", name="/degraded"))
    declared = replace(where, configuration=replace(where.configuration, operations=(book,)))
    told = judged(KEEP, declared)
    assert (told.findings, len(told.unknown), told.disturbed) == ((), 1, True)
    assert judged(ADD, declared) == holds(ADD, 0)
    assert list(symptoms(judged(KEEP, where))) == ["null for a value at /seats"]


def test_a_starved_version_is_not_judged() -> None:
    """A 503 of the second version while the harness was held up is unknown, and effects are not counted."""
    told = judged(APART, replace(shared(answer(503), done=1), stalls=HELD_UP))
    assert (told.findings, len(told.unknown), told.disturbed) == ((), 1, True)


def test_later_answers_speak_of_earlier_ones() -> None:
    """An id given once is the one read; a field that the earlier answer has not cannot be right."""
    read = PromisedAnswer(status=200, json={"id": "{made.id}", "again": "{answer.id}"})
    first = promised(exchange("v1/made", 0, seen()), Promise(client="v1", answer=RECORDED))
    for body, symptom in (
        ({"id": ID, "again": ID}, []),
        ({"id": OTHER_ID, "again": OTHER_ID}, ["value changed at /id"]),
    ):
        second = promised(exchange("v1/read", 50, answer(200, body)), Promise(client="v1", answer=read))
        assert list(symptoms(judged(KEEP, scope(FAMILY, first, second)))) == symptom


def test_an_identity_must_stand_where_it_stood() -> None:
    """What a plan writes for event 1 is the identity that was really sent."""
    recorded = PromisedAnswer(status=201, json={"key": "e0e0e0e0-0000-4000-8000-000000000001"})
    assert judged(KEEP, kept(answer(201, {"key": "event-1"}), recorded)) == holds(KEEP, 1)
    assert list(symptoms(judged(KEEP, kept(answer(201, {"key": "event-2"}), recorded)))) == ["value changed at /key"]


@pytest.mark.parametrize(
    ("template", "value", "fits"),
    [
        ("{number}", 4.5, True),
        ("{number}", True, False),
        ("{number}", "4", False),
        ("{now}", "2026-11-22T10:00:00+00:00", True),
        ("{now}", "today", False),
        ("{text}", "a\nb", True),
        ("{text}", None, False),
        ("{uuid}", ID, True),
        ("{uuid}", "x" + ID, False),
        ("{other}", "{other}", True),
        ("a.b", "axb", False),
        (1, 1.0, True),
        (0, False, False),
        ([], {}, False),
    ],
)
def test_what_fits_a_placeholder(template: Json, value: Json, fits: bool) -> None:
    """Each word stands for its kind, whole; everything else stands for itself."""
    recorded = PromisedAnswer(status=201, json={"x": template})
    assert (judged(KEEP, kept(answer(201, {"x": value}), recorded)).findings == ()) is fits


def test_forms_are_kinds_by_place() -> None:
    """A reader relies on names and kinds: indexes are one place."""
    assert forms({"a": [{"b": 1}, {"b": 2}], "c": None, "d": "{number}"}) == {
        "": "an object",
        "/a": "a list",
        "/a/*": "an object",
        "/a/*/b": "a number",
        "/c": "null",
        "/d": "a number",
    }


def old(*headers: tuple[str, str]) -> Scope:
    """Return a case of one answer of a version that is declared old."""
    what = replace(answer(), headers=headers)
    return scope(FAMILY, promised(exchange("v1/made", 0, what), Promise(client="v1", deprecation=OLD)))


def test_an_old_version_says_so_on_every_answer() -> None:
    """The declared headers are there and unchanged; one that is missing on one answer is a finding."""
    assert judged(TOLD, old(*OLD)) == holds(TOLD, 1)
    assert list(symptoms(judged(TOLD, old()))) == ["Deprecation, Sunset missing"]
    assert list(symptoms(judged(TOLD, old(OLD[0])))) == ["Sunset missing"]
    assert list(symptoms(judged(TOLD, old(("Deprecation", "@1767225601"), OLD[1])))) == ["Deprecation changed"]


@pytest.mark.parametrize(
    "headers",
    [
        (("Deprecation", "true"), OLD[1]),
        (OLD[0], ("Sunset", "soon")),
        (OLD[0], ("Sunset", "Thu, 01 Jan 2015 00:00:00 GMT")),
    ],
)
def test_dates_that_say_nothing_are_found(headers: tuple[tuple[str, str], ...]) -> None:
    """A Deprecation that is no date, a Sunset that is none or lies before it: RFC 9745 and RFC 8594."""
    what = replace(answer(), headers=headers)
    where = scope(FAMILY, promised(exchange("v1/made", 0, what), Promise(client="v1", deprecation=headers)))
    assert list(symptoms(judged(TOLD, where))) == ["dates that cannot be read"]


def test_a_version_that_is_not_declared_old_has_nothing_to_say() -> None:
    """Without a declaration there is no opportunity."""
    assert judged(TOLD, kept(seen())) == holds(TOLD, 0)


@pytest.mark.parametrize(
    ("status", "seen_as"),
    [
        (404, {}),
        (201, {"served": ("major must", "application", (1,))}),
        (500, {"500": ("major must", "application", (1,))}),
        (422, {"refused otherwise": ("minor should", "application", (1,))}),
    ],
)
def test_an_unknown_version_is_refused(status: int, seen_as: dict[str, object]) -> None:
    """404 and its like hold; another 4xx is advice; being served or a 5xx fails the gate."""
    refused = Expectation(expected=Expected.REJECTED, statuses=(400, 404, 406, 410))
    assert symptoms(judged(UNKNOWN, scope(FAMILY, exchange("v99", 0, answer(status), expect=refused)))) == seen_as


V2 = PromisedAnswer(status=201, json={"id": "{uuid}", "results": [{"value": "a"}]})
V2_BODY = {"id": OTHER_ID, "results": [{"value": "a"}]}


def shared(second: Answer, *, done: int = 2) -> Scope:
    """Return a case in which v1 and then v2 were asked with one key; ``done`` effects were seen."""
    first = promised(exchange("v1/made", 0, seen()), Promise(client="v1", answer=RECORDED))
    promise = Promise(client="v2", answer=V2, apart_from="v1/made", refusals=(409, 422))
    other = promised(exchange("v2/made", 50, second, data=b"POST /v2 event-1"), promise)
    calls = tuple(call(n, n) for n in range(1, done + 1))
    return replace(at_the_ledger(scope(FAMILY, first, other)), calls=calls, effects=effects(*calls))


def test_a_key_of_two_versions_is_two_events_or_refused() -> None:
    """The own answer with an effect of its own holds, and so does a refusal with one effect."""
    assert judged(APART, shared(answer(201, V2_BODY))) == holds(APART, 2)
    assert judged(APART, shared(answer(422), done=1)) == holds(APART, 2)


@pytest.mark.parametrize(
    ("second", "done", "seen_as"),
    [
        (answer(201, BODY), 1, ["answered through another version", "lost effect"]),
        (answer(201, V2_BODY), 1, ["lost effect"]),
        (answer(201, V2_BODY), 3, ["doubled effect"]),
        (answer(201, {"id": OTHER_ID}), 2, ["answered through another version"]),
        (answer(500), 1, ["answered 500"]),
        (answer(404), 1, ["answered 404"]),
    ],
)
def test_an_answer_of_another_version_is_found(second: Answer, done: int, seen_as: list[str]) -> None:
    """The other's document, another form, a status that is no refusal, and effects that do not add up."""
    assert list(symptoms(judged(APART, shared(second, done=done)))) == seen_as


def test_a_repeat_keeps_its_answer_whatever_the_other_version_did() -> None:
    """The same bytes again are answered as before."""
    where = shared(answer(201, V2_BODY))
    promise = Promise(client="v1", answer=RECORDED, apart_from="v2/made", refusals=(409, 422))
    again = promised(exchange("v1/made again", 90, seen({**BODY, "id": OTHER_ID})), promise)
    assert list(symptoms(judged(APART, replace(where, exchanges=(*where.exchanges, again))))) == [
        "answered through another version"
    ]


def test_effects_are_not_counted_before_all_is_quiet() -> None:
    """What is still open could still have its effect."""
    where = replace(shared(answer(201, V2_BODY), done=1), unsettled="1 call(s) at ledger")
    reason = "the case did not come to rest, so effects cannot be counted: 1 call(s) at ledger"
    assert judged(APART, where) == not_known(APART, reason, opportunities=1)


READ_V1 = PromisedAnswer(status=200, json={"id": "{made.id}", "source": "crm", "accepted": ["a"], "rejected": []})


def crossed(read: Answer, *, foreign: bool = True) -> Scope:
    """Return a case in which v2 wrote and v1 read."""
    body = {"id": OTHER_ID, "source": "crm", "results": []}
    first = promised(exchange("v2/made", 0, answer(201, body)), Promise(client="v2"))
    promise = Promise(
        client="v1",
        answer=READ_V1,
        apart_from="v2/made",
        refusals=(400, 404, 410),
        cross_read=True,
        foreign=foreign,
    )
    return scope(FAMILY, first, promised(exchange("read through v1", 50, read, event=0), promise))


OWN_FORM = {"id": OTHER_ID, "source": "crm", "accepted": ["b", "c"], "rejected": [{"index": 0, "reason": "blank"}]}


def test_what_another_version_wrote_is_unknown_or_shown_in_the_own_form() -> None:
    """404 holds; so does a document of the reader's form with the same meaning, where that is declared."""
    assert judged(APART, crossed(answer(404), foreign=False)) == holds(APART, 1)
    assert judged(APART, crossed(answer(200, OWN_FORM))) == holds(APART, 1)
    assert list(symptoms(judged(APART, crossed(answer(200, OWN_FORM), foreign=False)))) == ["a foreign document shown"]


@pytest.mark.parametrize(
    "body",
    [
        {**OWN_FORM, "source": "erp"},
        {**OWN_FORM, "source": {"name": "crm"}},
        {**OWN_FORM, "accepted": [None]},
        {**OWN_FORM, "labels": []},
        {"id": OTHER_ID, "source": "crm", "results": []},
    ],
)
def test_a_document_of_another_form_or_meaning_is_found(body: object) -> None:
    """Another value, another kind, a null in a list of texts, a part too many, the other version's document."""
    assert list(symptoms(judged(APART, crossed(answer(200, body))))) == ["read as something else"]
