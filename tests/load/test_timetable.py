"""The timetable and the words of a load: pure, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.load.arrivals import Arrival, arrivals
from harness.load.rendering import Filled, Template
from harness.load.tokens import ALPHABET, capacity, tokens
from harness.model.cases import Load
from harness.model.identities import identity
from harness.model.messages import Request, Wire, placeholder

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
