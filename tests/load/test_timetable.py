"""The timetable and the words of a load: pure, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.load.arrivals import Arrival, arrivals
from harness.load.rendering import Filled, Template, templates
from harness.load.tokens import ALPHABET, capacity, tokens
from harness.model.identities import identity
from harness.model.messages import Request, Wire, placeholder
from harness.model.steps import Load, Part, Surge

STEP = Load(
    label="load",
    operation="create",
    message=Request(method="POST", target="/", headers=(("Key", placeholder(1)),), body=b'{"a": "alpha"}'),
    rate=10,
    seconds=0.3,
    warmup=0.2,
    tokens=("alpha",),
)


def test_arrivals_are_evenly_spaced_and_the_warm_up_comes_first() -> None:
    """Two arrivals of warm-up and three measured ones, 100 ms apart, each its own event."""
    assert arrivals(STEP) == tuple(
        Arrival(index=n, event=n + 1, offset=n * 100_000_000, measured=n >= 2) for n in range(5)
    )


def test_the_asked_share_of_the_measured_requests_repeats_an_event() -> None:
    """Exactly a fifth of 400; some at once, some later; none before its first; the same for the same seed."""
    plan = arrivals(replace(STEP, rate=100, seconds=4, warmup=1, repeat=0.2, seed=7))
    events = [arrival.event for arrival in plan]
    seen: set[int] = set()
    distances = []
    for index, event in enumerate(events):
        if event in seen:
            distances.append(index - events.index(event))
        seen.add(event)
    assert len(distances) == 80
    assert sorted(seen) == list(range(1, 421))
    assert {distance == 1 for distance in distances} == {True, False}
    assert events[:100] == list(range(1, 101))
    assert plan == arrivals(replace(STEP, rate=100, seconds=4, warmup=1, repeat=0.2, seed=7))
    assert plan != arrivals(replace(STEP, rate=100, seconds=4, warmup=1, repeat=0.2, seed=8))


def test_repeats_may_be_due_with_their_first() -> None:
    """Of 80 repeats all are sent at the instant of the request before them, and the timetable stays in order."""
    plan = arrivals(replace(STEP, rate=100, seconds=4, warmup=1, repeat=0.2, together=1.0, seed=7))
    due: dict[int, list[int]] = {}
    for arrival in plan:
        due.setdefault(arrival.event, []).append(arrival.offset)
    assert [len(set(moments)) for moments in due.values()] == [1] * 420
    assert sum(len(moments) - 1 for moments in due.values()) == 80
    assert [arrival.offset for arrival in plan] == sorted(arrival.offset for arrival in plan)


def test_a_volley_is_due_at_once_and_the_rate_stays() -> None:
    """Ten requests a second in threes: three at 0 s, three at 0.3 s."""
    plan = arrivals(replace(STEP, seconds=0.6, warmup=0, volley=3))
    assert [(arrival.event, arrival.offset // 1_000_000) for arrival in plan] == [
        (1, 0),
        (2, 0),
        (3, 0),
        (4, 300),
        (5, 300),
        (6, 300),
    ]


def test_a_surge_squeezes_more_arrivals_into_its_time() -> None:
    """Ten a second; fifty a second from 0.3 s (0.2 s warm-up, 0.1 s later) for 0.1 s; then ten again."""
    plan = arrivals(replace(STEP, seconds=0.4, surge=Surge(at=0.1, seconds=0.1, factor=5.0)))
    assert [arrival.offset // 1_000_000 for arrival in plan] == [0, 100, 200, 300, 320, 340, 360, 380, 400, 500]
    assert [arrival.measured for arrival in plan] == [False] * 2 + [True] * 8


def test_parts_have_their_share_and_readers_no_event_yet() -> None:
    """A fifth is cut and three tenths read; what is cut is an event of its own, what reads waits for one."""
    parts = (
        Part(label="cut", share=0.2, operation="create", message=STEP.message),
        Part(label="read", share=0.3, operation="create", message=STEP.message, reads=True),
    )
    plan = arrivals(replace(STEP, rate=100, seconds=1, warmup=0.1, parts=parts))
    assert Counter(arrival.part for arrival in plan) == {"": 60, "cut": 20, "read": 30}
    assert {arrival.part for arrival in plan[:10]} == {""}
    assert {arrival.event for arrival in plan if arrival.part == "read"} == {0}
    assert sorted(arrival.event for arrival in plan if arrival.part != "read") == list(range(1, 81))


def test_parts_with_fewer_words_never_share_one_with_another() -> None:
    """Where some events carry two words and others one, the numbers of words still run apart."""
    two = [word for event in range(1, 40, 2) for word in tokens(("alpha", "gamma"), "s", "c", event, 2)]
    one = [word for event in range(2, 40, 2) for word in tokens(("alpha",), "s", "c", event, 2)]
    assert len({*two, *one}) == len(two) + len(one)


def test_a_read_asks_for_what_an_answer_named() -> None:
    """The field of the answer stands in the target, percent-encoded; the words are those of the event that is read."""
    read = Part(
        label="read",
        share=0.5,
        operation="create",
        message=Request(method="GET", target="/x/{answer.a.b}"),
        reads=True,
    )
    template = templates(replace(STEP, parts=(read,)), "c", "s", "127.0.0.1:80")["read"]
    data = b"GET /x/1%2F2 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n"
    expected = Filled(data=data, identity="", tokens=tokens(("alpha",), "s", "c", 4), event=4)
    assert (template.read(4, {"a": {"b": "1/2"}}), template.read(4, {"a": []})) == (expected, None)


def test_a_load_of_nothing_has_no_arrivals() -> None:
    """No rate or no time plans no request, and nothing breaks."""
    assert arrivals(replace(STEP, seconds=0, warmup=0, repeat=0.5)) == ()


@given(st.text(min_size=1, max_size=5), st.integers(1, 40))
def test_no_two_events_share_a_word(salt: str, many: int) -> None:
    """Words of the same length, in the letter case of the text, unique over events and places."""
    texts = ("Alpha", "beta", "gamma")
    drawn = [tokens(texts, salt, "case", event) for event in range(1, many + 1)]
    assert max(Counter(word.lower() for words in drawn for word in words).values()) == 1
    for words in drawn:
        assert [len(word) for word in words] == [5, 4, 5]
        assert words[0][0].isupper()
        assert set("".join(words).lower()) <= set(ALPHABET)


def test_words_are_unique_up_to_their_capacity() -> None:
    """All the strings of two letters are used before one is used twice; one event more is refused."""
    texts = ("be", "at")
    drawn = [word for event in range(1, capacity(texts) + 1) for word in tokens(texts, "s", "c", event)]
    assert (len(drawn), len(set(drawn))) == (222, 222)
    with pytest.raises(ValueError, match="tokens as short as 'be' serve 111 events, not 112"):
        tokens(texts, "s", "c", 112)


def test_a_request_is_filled_without_changing_its_length() -> None:
    """Host first, length last, identity and words in their places; the same event gives the same bytes."""
    template = Template.of(STEP, "c", "s", "127.0.0.1:80")
    own, (word,) = identity("s", "c", 4), tokens(("alpha",), "s", "c", 4)
    data = f'POST / HTTP/1.1\r\nHost: 127.0.0.1:80\r\nKey: {own}\r\nContent-Length: 14\r\n\r\n{{"a": "{word}"}}'
    assert template.fill(4) == Filled(data=data.encode(), identity=own, tokens=(word,), event=4) == template.fill(4)


def test_given_framing_is_left_alone() -> None:
    """A Host or a length of the message's own stays; a GET gets no length."""
    given = Request(method="POST", target="/", headers=(("HOST", "a"), ("content-length", "2")), body=b"{}")
    bare = Request(method="GET", target="/x")
    rendered = [
        Template.of(replace(STEP, message=message, tokens=()), "c", "s", "h:1").fill(1).data
        for message in (given, bare)
    ]
    assert rendered == [
        b"POST / HTTP/1.1\r\nHOST: a\r\ncontent-length: 2\r\n\r\n{}",
        b"GET /x HTTP/1.1\r\nHost: h:1\r\n\r\n",
    ]


def test_bytes_on_the_wire_are_no_load() -> None:
    """A load needs answers that it can pair, so it sends whole requests only."""
    with pytest.raises(TypeError, match="a load sends whole requests"):
        Template.of(replace(STEP, message=Wire(chunks=())), "c", "s", "h:1")
