"""The ledger: calls and effects counted apart, keys, state for reads, and scripted answers."""

from __future__ import annotations

import json
import uuid

import pytest

from harness.doubles.answers import Values, scripted
from harness.doubles.asked import MISSING, at_pointer, parse_json, path_segments, read_call, select
from harness.doubles.responses import Response
from harness.model.events import CallEnded, CallReceived, Effect
from harness.model.services import AnswerScript, Call, Dependency, EffectKind, Route, Selector

from .stage import JSON, Stage, answered, get, post, staged

CREATED = (answered("201 Created", b'{"n": 1}', JSON), "closed")


def _effect(call_id: int, key: str | None, *, new: bool = True, call: str = "POST /entries") -> Effect:
    return Effect(dependency="ledger", call_id=call_id, call=call, key=key, new=new)


def test_a_repeat_under_a_known_key_is_one_effect_and_the_first_answer(stage: Stage) -> None:
    """Three calls under one key are three calls, one new effect, and the same bytes; another key is another effect."""
    seen = [
        stage.ask(post("k1")),
        stage.ask(post("k1", b'{"amount": 8}')),
        stage.ask(post("k1")),
        stage.ask(post("k2")),
    ]
    assert seen == [CREATED] * 3 + [(answered("201 Created", b'{"n": 4}', JSON), "closed")]
    assert stage.told(Effect) == [
        _effect(1, "k1"),
        _effect(2, "k1", new=False),
        _effect(3, "k1", new=False),
        _effect(4, "k2"),
    ]


def test_a_keyed_call_without_its_key_is_an_effect_each_time(stage: Stage) -> None:
    """A missing or empty key protects nothing: every such call is a new effect without a key."""
    for key in (None, None, ""):
        stage.ask(post(key))
    assert stage.told(Effect) == [_effect(1, None), _effect(2, None), _effect(3, None)]


def test_an_unkeyed_call_is_an_effect_each_time_and_a_read_is_none(stage: Stage) -> None:
    """Effects follow the declaration of the call, `{name}` segments match one segment each."""
    seen = [stage.ask(get("/ticks/a", method="POST")) for _ in range(2)] + [stage.ask(get("/rates"))]
    no_content = (b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", "closed")
    assert seen == [no_content, no_content, (answered("200 OK", b"[1, 2]", JSON), "closed")]
    ticks = "POST /ticks/{name}"
    assert stage.told(Effect) == [_effect(1, None, call=ticks), _effect(2, None, call=ticks)]


def test_an_undeclared_call_is_answered_404_and_recorded_without_a_name(stage: Stage) -> None:
    """A call that nobody declared has no effect and is there to be seen."""
    body = b'{"error": "no call GET /nowhere is declared"}'
    assert stage.ask(get("/nowhere?x=1")) == (answered("404 Not Found", body, JSON), "closed")
    assert stage.told() == [
        CallReceived(
            dependency="ledger",
            call_id=1,
            call="",
            method="GET",
            target="/nowhere?x=1",
            headers=(("Host", "ledger"), ("Connection", "close")),
            body=b"",
        ),
        CallEnded(dependency="ledger", call_id=1, status=404),
    ]


def test_what_was_stored_can_be_read_until_the_double_forgets(stage: Stage) -> None:
    """State lands with the effect: a stored entry reads back under its key, others are 404, and forgetting drops it all."""
    stage.ask(post("a b"))
    found = (answered("200 OK", b'{"amount": 7}', JSON), "closed")
    missing = (answered("404 Not Found", b'{"error": "nothing is stored there"}', JSON), "closed")
    assert [stage.ask(get("/entries/a%20b")), stage.ask(get("/entries/c"))] == [found, missing]
    stage.double.forget()
    assert [stage.ask(get("/entries/a%20b")), stage.ask(post("a b"))] == [missing, CREATED]
    assert stage.told(Effect) == [_effect(1, "a b"), _effect(5, "a b")]


def test_nothing_is_stored_or_known_where_the_effect_did_not_land(stage: Stage) -> None:
    """A call that failed before its effect leaves no trace: the retry is the first effect."""
    stage.arm("status", times=1)
    stage.ask(post("k1"))
    assert stage.ask(get("/entries/k1"))[0].startswith(b"HTTP/1.1 404 ")
    stage.ask(post("k1"))
    assert stage.told(Effect) == [_effect(3, "k1")]


def test_a_retry_after_a_lost_reply_gets_the_answer_that_was_lost(stage: Stage) -> None:
    """The effect of the lost reply is known: the retry under the same key is no second one."""
    stage.arm("reply-lost", times=1)
    assert [stage.ask(post("k1")), stage.ask(post("k1"))] == [(b"", "closed"), CREATED]
    assert stage.told(Effect) == [_effect(1, "k1"), _effect(2, "k1", new=False)]


def test_a_key_of_several_parts_is_all_of_them() -> None:
    """Keys are compared part by part, from header, body, query and path, so parts cannot run into one another."""
    places = (("header", "X-Tenant"), ("json", "/order/id"), ("query", "part"), ("path", "shop"))
    key = tuple(Selector(place=place, name=name) for place, name in places)  # type: ignore[arg-type]
    call = Call(route=Route(method="PUT", path="/{shop}/orders"), effect=EffectKind.KEYED, key=key)

    def put(tenant: str, order: str, part: str) -> bytes:
        body = json.dumps({"order": {"id": order}}).encode()
        head = f"PUT /north/orders?part={part} HTTP/1.1\r\nHost: x\r\nX-Tenant: {tenant}\r\nConnection: close\r\n"
        return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body

    with staged(Dependency(name="ledger", env="X", calls=(call,))) as stage:
        for parts in (("t", "1", "a"), ("t", "1", "a"), ("t,1", "", "a"), ("t", "1,a", "a")):
            stage.ask(put(*parts))
        told = stage.told(Effect)
    name = "PUT /{shop}/orders"
    assert told == [
        _effect(1, "t,1,a,north", call=name),
        _effect(2, "t,1,a,north", new=False, call=name),
        _effect(3, None, call=name),
        _effect(4, "t,1,a,a,north", call=name),
    ]


def test_identifiers_are_the_same_for_the_same_salt_and_call() -> None:
    """Same salt, same call, same UUID; the next call has another."""
    call = Call(route=Route(method="POST", path="/x"), answer=AnswerScript(json={"id": "{uuid}"}))
    dependency = Dependency(name="ledger", env="X", calls=(call,))
    seen = []
    for _ in range(2):
        with staged(dependency) as stage:
            seen.append([stage.ask(get("/x", method="POST"))[0].partition(b"\r\n\r\n")[2] for _ in range(2)])
    assert seen[0] == seen[1]
    assert [uuid.UUID(json.loads(body)["id"]).version for body in seen[0]] == [5, 5]
    assert seen[0][0] != seen[0][1]


def test_a_literal_path_comes_before_one_with_names() -> None:
    """Of two declared calls that match, the more literal one is meant, whatever their order."""
    named = Call(route=Route(method="GET", path="/a/{id}"), answer=AnswerScript(json="named"))
    literal = Call(route=Route(method="GET", path="/a/b"), answer=AnswerScript(json="literal"))
    with staged(Dependency(name="ledger", env="X", calls=(named, literal))) as stage:
        bodies = [stage.ask(get(path))[0].partition(b"\r\n\r\n")[2] for path in ("/a/b", "/a/c", "/a/", "/a/b/c")]
    assert bodies[:2] == [b'"literal"', b'"named"']
    assert [body.startswith(b'{"error": "no call') for body in bodies[2:]] == [True, True]


ASKED = read_call("POST", "/e?x=1", (), b'{"a": {"b/c": [10, "t"], "n": null}, "s": "x"}')


@pytest.mark.parametrize(
    ("script", "filled"),
    [
        ("{n}", 3),
        ("no {n}", "no 3"),
        ("{now} {uuid}", "T U"),
        ("{request.json/a/b~1c/0}", 10),
        ("{request.json/a/b~1c/0}!", "10!"),
        ("{request.json/a/b~1c}", [10, "t"]),
        ("{request.json/s}", "x"),
        ("{request.json/a/n}", None),
        ("{request.json/none}", None),
        ("<{request.json/none}>", "<>"),
        ("{request.path/who}", "J\u00e4ger"),
        ("{request.path/nobody}", None),
        ("{other} {}", "{other} {}"),
        ({"k": ["{n}", 1, True, None]}, {"k": [3, 1, True, None]}),
        ({"{n}": "{request.json}"}, {"{n}": {"a": {"b/c": [10, "t"], "n": None}, "s": "x"}}),
    ],
)
def test_placeholders_keep_their_type_where_they_are_the_whole_string(script: object, filled: object) -> None:
    """Every placeholder stands for its value; what is none stays as it is."""
    answer = scripted(
        AnswerScript(json=script), Values(uuid="U", now="T", n=3, asked=ASKED, segments={"who": "J\u00e4ger"})
    )
    assert answer == Response(
        status=200, headers=(("Content-Type", "application/json"),), body=json.dumps(filled).encode()
    )


def test_a_scripted_body_is_sent_as_it_is_and_framing_fields_are_ours() -> None:
    """Declared headers are sent, but not those that would contradict the bytes."""
    fields = (("Content-Type", "text/csv"), ("Content-Length", "7"), ("ETag", '"1"'))
    answer = scripted(AnswerScript(headers=fields, body=b"{n}"), Values(uuid="U", now="T", n=3, asked=ASKED))
    assert answer.encoded() == b'HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nETag: "1"\r\nContent-Length: 3\r\n\r\n{n}'


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b'{"a": Infinity}', b"[" * 100_000, b"\xff"])
def test_what_is_not_json_has_no_value(body: bytes) -> None:
    """A body that is not strict JSON is missing, never a crash and never a guess."""
    assert parse_json(body) is MISSING


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("", {"a": [1, {"~/": 2}]}),
        ("/a/0", 1),
        ("/a/1/~0~1", 2),
        ("/a/01", MISSING),
        ("/a/-", MISSING),
        ("/a/9", MISSING),
    ],
)
def test_pointers_follow_rfc_6901(pointer: str, found: object) -> None:
    """A pointer finds its value; indices have no leading zeros."""
    assert at_pointer({"a": [1, {"~/": 2}]}, pointer) == found


def test_selectors_find_text_and_take_null_and_empty_for_missing() -> None:
    """A value that is null or empty identifies nothing."""
    asked = read_call(
        "GET", "http://h/p/q%20r?a=1&e=&a=2", (("X-A", "v"),), b'{"n": 1, "o": {"b": 1, "a": 2}, "z": null}'
    )
    segments = path_segments(Route(method="GET", path="/p/{x}"), asked.path) or {}
    places = (
        ("header", "x-a"),
        ("json", "/n"),
        ("json", "/o"),
        ("json", "/z"),
        ("query", "a"),
        ("query", "e"),
        ("path", "x"),
    )
    found = [select(Selector(place=place, name=name), asked, segments) for place, name in places]  # type: ignore[arg-type]
    assert found == ["v", "1", '{"a":2,"b":1}', None, "1", None, "q r"]
