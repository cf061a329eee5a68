"""Recording a book: what two runs have in common is promised, what differs is noise of a kind."""

from __future__ import annotations

import json

import pytest

from harness.history.recorded import recorded
from harness.model.clients import BookExchange, ClientBook, PromisedAnswer
from harness.model.errors import UsageError
from harness.model.messages import Answer, Request, placeholder
from harness.model.scope import Exchange
from harness.model.steps import Phase

IDS = ("0e5b7d4e-3c53-4a0e-9d0c-4f6b8f1f2a11", "5b1c8c0e-6a0f-4f0a-8d55-1f3e2a9b7c10")
KEYS = ("8e03978e-40d5-43dd-bc93-6894a57f9324", "1a03978e-40d5-43dd-bc93-6894a57f9325")
MADE = BookExchange(name="made", request=Request(method="POST", target="/v1/things"), event=1)
READ = BookExchange(name="read", request=Request(method="GET", target="/v1/things/{made.id}"), refers=("made",))
TYPE = ("Content-Type", "application/json")


def book(*exchanges: BookExchange, free: tuple[str, ...] = ()) -> ClientBook:
    """Return a draft."""
    return ClientBook(client="v1", file="v1.yaml", operation="make", free=free, exchanges=exchanges)


def answered(name: str, run: int, body: object, *headers: tuple[str, str], status: int = 201) -> Exchange:
    """Return what run 0 or 1 saw of an exchange; bytes stand for themselves."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(
        number=1,
        label=f"v1/{name}",
        phase=Phase.FAULT,
        operation="make",
        event=1 if name == "made" else 0,
        identity=KEYS[run] if name == "made" else "",
        group="",
        data=b"",
        sent=0,
        done=1,
        answer=Answer(status=status, headers=headers, body=data),
    )


def one(*bodies: object, headers: tuple[tuple[str, str], ...] = (), free: tuple[str, ...] = ()) -> PromisedAnswer:
    """Return what is promised of one exchange with these bodies in the two runs."""
    seen = [{"made": answered("made", run, body, *headers)} for run, body in enumerate(bodies)]
    found = recorded(book(MADE, free=free), seen[0], seen[1], "today").exchanges[0].answer
    assert found is not None
    return found


def test_what_differs_becomes_its_kind() -> None:
    """Equal values are promised to the letter; of the others their kind is, an identity as itself."""
    bodies = [
        {
            "id": IDS[run],
            "key": KEYS[run],
            "at": f"2026-11-22T10:00:0{run}+00:00",
            "count": run,
            "etag": f"a{run}",
            "self": f"/v1/things/{IDS[run]}",
            "names": ["b", "a"],
            "none": None,
        }
        for run in (0, 1)
    ]
    assert one(*bodies) == PromisedAnswer(
        status=201,
        json={
            "id": "{uuid}",
            "key": placeholder(1),
            "at": "{now}",
            "count": "{number}",
            "etag": "{text}",
            "self": "/v1/things/{uuid}",
            "names": ["b", "a"],
            "none": None,
        },
    )


def test_headers_speak_of_the_own_answer_and_later_answers_of_this_one() -> None:
    """The id in Location is the id of the document; the id that is read is the one that was given."""
    seen = [
        {
            "made": answered(
                "made", run, {"id": IDS[run]}, TYPE, ("Location", f"/v1/things/{IDS[run]}"), ("Date", "x")
            ),
            "read": answered("read", run, {"id": IDS[run]}, TYPE, status=200),
        }
        for run in (0, 1)
    ]
    result = recorded(book(MADE, READ), seen[0], seen[1], "today")
    assert [exchange.answer for exchange in result.exchanges] == [
        PromisedAnswer(status=201, headers=(TYPE, ("Location", "/v1/things/{answer.id}")), json={"id": "{uuid}"}),
        PromisedAnswer(status=200, headers=(TYPE,), json={"id": "{made.id}"}),
    ]
    assert (result.recorded, result.deprecation) == ("today", ())


def test_what_an_old_version_shows_is_recorded_once_for_the_book() -> None:
    """Deprecation, Sunset and a Link about versions are no headers of one answer; another Link is."""
    about, other = ("Link", '</v2>; rel="successor-version"'), ("Link", '</next>; rel="next"')
    old = (("Deprecation", "@1767225600"), ("Sunset", "Fri, 01 Jan 2027 00:00:00 GMT"), about)
    seen = {"made": answered("made", 0, {"a": 1}, *old, other)}
    result = recorded(book(MADE), seen, seen, "today")
    assert result.deprecation == old
    assert result.exchanges[0].answer == PromisedAnswer(status=201, headers=(other,), json={"a": 1})


def test_texts_for_people_are_free() -> None:
    """A pointer of the book frees what stands there, in any member of a list."""
    body = {"detail": "no", "errors": [{"path": "/a", "reason": "x"}, {"path": "/b", "reason": "y"}]}
    promised = one(body, body, free=("/detail", "/errors/*/reason")).json
    assert promised == {
        "detail": "{text}",
        "errors": [{"path": "/a", "reason": "{text}"}, {"path": "/b", "reason": "{text}"}],
    }


def test_methods_have_no_order_and_a_body_may_be_no_json() -> None:
    """Allow is kept in one order; text is kept as text, nothing as nothing."""
    assert one(b"plain", b"plain", headers=(("Allow", "POST, GET"),)) == PromisedAnswer(
        status=201, headers=(("Allow", "GET, POST"),), text=b"plain"
    )
    assert one(b"", b"") == PromisedAnswer(status=201)


@pytest.mark.parametrize(
    ("bodies", "why"),
    [
        (({"a": 1}, {"b": 1}), "'made' was answered differently in two clean runs: the body is {'a': 1} and {'b': 1}"),
        (({"a": [1]}, {"a": [1, 2]}), "'made' was answered differently in two clean runs: /a is [1] and [1, 2]"),
        (({"a": True}, {"a": 1}), "'made' was answered differently in two clean runs: /a is True and 1"),
        (
            ({"a": "{uuid}"}, {"a": "{uuid}"}),
            "'made': '{uuid}' holds what a book writes for noise; leave this request out",
        ),
    ],
)
def test_what_cannot_be_promised_is_refused(bodies: tuple[object, object], why: str) -> None:
    """Another shape in a second clean run is no noise, and data that looks like noise would hide changes."""
    with pytest.raises(UsageError) as caught:
        one(*bodies)
    assert str(caught.value) == why


def test_a_request_that_was_not_answered_is_refused() -> None:
    """There is nothing to record."""
    with pytest.raises(UsageError) as caught:
        recorded(book(MADE), {}, {}, "today")
    assert str(caught.value) == "'made' has no whole answer, so there is nothing to record: it was not sent"
