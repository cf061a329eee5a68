"""Which call belongs to which request is known, or it is not: it is never guessed."""

from __future__ import annotations

from harness.recorder.correlating import Span, owners, values_of


def _span(began: float, ended: float, *values: tuple[str, str]) -> Span:
    return Span(began=began, ended=ended, values=frozenset(values))


def _id(number: int) -> str:
    return f"request-id-{number}"


def test_a_call_belongs_to_the_only_request_at_work() -> None:
    """One at a time needs no value."""
    assert owners([_span(0, 1), _span(2, 3)], [_span(2.5, 2.6), _span(0.5, 5.0)]) == (1, 0)


def test_a_call_of_nobody_and_one_of_several_is_left() -> None:
    """Nothing at work, or two and no value: that is said, not guessed."""
    assert owners([_span(0, 2), _span(1, 3)], [_span(1.5, 1.6), _span(9, 10)]) == (None, None)


def test_a_value_that_was_seen_to_tell_the_truth_tells_among_several() -> None:
    """A header that named the only one at work names the right one of two."""
    exchanges = [_span(n, n + 1.5, ("header x", _id(n))) for n in range(3)]
    calls = [_span(0.5, 0.6, ("header x", _id(0))), *(_span(n + 0.2, n + 0.3, ("header x", _id(n))) for n in (1, 2))]
    assert owners(exchanges, calls) == (0, 1, 2)


def test_two_that_overlap_all_along_are_told_apart_by_two_different_values() -> None:
    """Where nothing was ever alone, a place that named two different requests at work has shown enough."""
    exchanges = [_span(0, 5, ("body/id", _id(1))), _span(0, 5, ("body/id", _id(2)))]
    both = [_span(1, 2, ("path", _id(2))), _span(1, 2, ("path", _id(1)))]
    assert owners(exchanges, both) == (1, 0)
    assert owners(exchanges, both[:1]) == (None,)


def test_a_value_of_two_requests_tells_nothing() -> None:
    """The key of an event that was sent twice stands in both; another value may still tell."""
    key = ("header key", "the-same-key")
    exchanges = [_span(0, 5, key, ("header id", _id(1))), _span(0, 5, key, ("header id", _id(2)))]
    calls = [_span(1, 2, key), _span(1, 2, key, ("header id", _id(1))), _span(1, 2, key, ("header id", _id(2)))]
    assert owners(exchanges, calls) == (None, 0, 1)


def test_a_place_that_named_another_than_the_only_one_is_believed_no_more() -> None:
    """Who speaks of an earlier request while another works alone hands nothing on."""
    exchanges = [_span(0, 1, ("header x", _id(0))), _span(2, 3, ("header x", _id(1))), _span(4, 9), _span(4, 9)]
    calls = [_span(2.5, 2.6, ("body/parent", _id(0))), _span(5, 6, ("body/parent", _id(1)))]
    assert owners(exchanges, calls) == (1, None)


def test_a_call_is_never_older_than_its_request() -> None:
    """A value that a later request repeats does not make it the origin of an earlier call."""
    assert owners([_span(5, 6, ("header x", _id(0)))], [_span(1, 2, ("header x", _id(0)))]) == (None,)


def test_values_are_found_wherever_a_message_has_them() -> None:
    """Path, query, header fields and texts of JSON; what is short or long tells nothing."""
    body = b'{"id": "12345678", "deep": [{"ref": "abcdefgh"}], "short": "abc", "n": 12345678}'
    found = values_of("/things/a%20thing-1?trace=99887766", (("X-Id", "xyz-xyz-1"), ("Long", "x" * 300)), body)
    assert found == {
        ("path", "a thing-1"),
        ("query trace", "99887766"),
        ("header x-id", "xyz-xyz-1"),
        ("body/id", "12345678"),
        ("body/deep/ref", "abcdefgh"),
    }


def test_a_value_inside_another_is_found() -> None:
    """``batch-<id>`` holds the id that the answer gave."""
    exchanges = [_span(0, 5, ("body/id", "5d02d2a4")), _span(0, 5, ("body/id", "77777777"))]
    calls = [_span(1, 2, ("header key", "batch-5d02d2a4")), _span(1, 2, ("header key", "batch-77777777"))]
    assert owners(exchanges, calls) == (0, 1)
