"""What a later version's client sends to an older one is refused without an effect, or ignored where it is new."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Literal

import pytest

from harness.model.cases import Family
from harness.model.clients import Promise, PromisedAnswer
from harness.model.messages import Answer, Silence
from harness.model.scope import DependencyCall, Exchange, Scope, SeenEffect
from tests.checks.scenes import answer, call, exchange, holds, judged, not_known, scope, symptoms

NAME = "new-clients-do-no-harm"
BODY = {"id": "b-1", "seats": 2}
RECORDED = PromisedAnswer(status=201, json=BODY)
ENTRY = b'{"id": "0e5b7d4e-3c53-4a0e-9d0c-4f6b8f1f2a11", "seats": 2}'
OTHER_ID = ENTRY.replace(b"0e5b", b"1e5b")


def told(label: str, at: int, what: Answer | Silence, newer: Literal["", "more", "other"] = "") -> Exchange:
    """Return an exchange of a client, newer or not, that was promised the recorded answer."""
    made = exchange(label, at, what)
    assert made.planned is not None
    promise = Promise(client="v1", answer=RECORDED, newer=newer)
    return replace(made, planned=replace(made.planned, promise=promise))


def newer(what: Answer | Silence, *entries: bytes, kind: Literal["more", "other"] = "more") -> Scope:
    """Return a case: the version's own request with its one entry, and a newer one with ``entries``."""
    own, other = told("own", 0, answer(201, BODY)), told("newer", 100, what, kind)
    bodies = [(5, ENTRY), *((105 + n, entry) for n, entry in enumerate(entries))]
    calls = tuple(replace(call(n, at), body=body) for n, (at, body) in enumerate(bodies, start=1))
    return replace(scope(Family.VERSIONS, own, other), calls=calls, effects=tuple(map(at_its_time, calls)))


def at_its_time(one: DependencyCall) -> SeenEffect:
    """Return the new effect of a call, seen when the call was."""
    return SeenEffect(
        dependency="ledger", call="POST /entries", call_number=one.number, key="k", new=True, at=one.received
    )


@pytest.mark.parametrize(
    "where",
    [
        newer(answer(422)),
        newer(answer(201, BODY), OTHER_ID),
        newer(answer(422), kind="other"),
        newer(answer(201, {"id": "b-2", "seats": 9}), b'{"id": "x", "seats": 9}', kind="other"),
    ],
    ids=["refused", "ignored", "other refused", "other understood"],
)
def test_a_newer_request_is_refused_or_means_what_this_version_makes_of_it(where: Scope) -> None:
    """4xx without an effect, or the version's own answer with its own effect."""
    assert judged(NAME, where) == holds(NAME, 1)


@pytest.mark.parametrize(
    ("where", "seen_as"),
    [
        (newer(answer(422), ENTRY), {"refused with an effect": "critical must"}),
        (newer(answer(201, BODY)), {"accepted without its effect": "critical must"}),
        (newer(answer(201, BODY), ENTRY, ENTRY), {"doubled effect": "critical must"}),
        (newer(answer(201, {**BODY, "seats": 3}), ENTRY), {"half understood": "major must"}),
        (newer(answer(201, {**BODY, "more": True}), ENTRY), {"half understood": "major must"}),
        (newer(answer(201, BODY), ENTRY.replace(b"2}", b'2, "more": 1}')), {"half understood": "major must"}),
        (newer(answer(201, {"results": []}), ENTRY, kind="other"), {"half understood": "major must"}),
        (newer(answer(201, BODY), b'{"items": []}', kind="other"), {"half understood": "major must"}),
        (newer(answer(500)), {"answered 500": "major must"}),
        (newer(Silence.RESET), {"no answer": "major must"}),
    ],
    ids=[
        "refused but booked",
        "accepted and lost",
        "booked twice",
        "another value",
        "an unknown field in the answer",
        "an unknown field at the ledger",
        "answered in the other form",
        "booked in the other form",
        "broke",
        "hung up",
    ],
)
def test_what_is_half_understood_is_found(where: Scope, seen_as: dict[str, str]) -> None:
    """Whatever lies between a refusal and the version's own meaning."""
    assert {symptom: how[0] for symptom, how in symptoms(judged(NAME, where)).items()} == seen_as


def test_nothing_is_known_where_the_own_request_is_not_accepted() -> None:
    """The version's own request says what an effect is; without it there is nothing to compare with."""
    where = newer(answer(422))
    own = told("own", 0, answer(503))
    reason = f"the version's own request was not accepted: 'own' was answered 503 {json.dumps({'title': 'no', 'status': 503})}"
    assert judged(NAME, replace(where, exchanges=(own, where.exchanges[1]))) == not_known(NAME, reason)
    unsettled = "the case did not come to rest, so effects cannot be counted: 1 call(s) at ledger"
    assert judged(NAME, replace(where, unsettled="1 call(s) at ledger")) == not_known(NAME, unsettled)
