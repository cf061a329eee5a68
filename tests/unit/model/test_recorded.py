"""A recorded answer as settings of a fault: it comes back as it was, or the reason why it cannot."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.messages import Answer
from harness.model.recorded import answer_of, settings_of

_NAMES = st.from_regex(r"X-[A-Za-z0-9-]{1,8}", fullmatch=True)
_VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=12)
_ANSWERS = st.builds(
    Answer,
    status=st.integers(200, 999).filter(lambda status: status not in (204, 304)),
    headers=st.lists(st.tuples(_NAMES, _VALUES), max_size=4).map(tuple),
    body=st.one_of(st.binary(max_size=40), st.text(max_size=20).map(lambda text: f"base64:{text}".encode())),
)


@given(answer=_ANSWERS)
def test_a_recorded_answer_comes_back_as_it_was(answer: Answer) -> None:
    """Status, field lines in their order and the exact bytes of the body survive, whatever they are."""
    assert answer_of(settings_of(answer)) == answer


def test_what_frames_a_whole_answer_is_left_to_whoever_sends_it() -> None:
    """A length that was right needs no word; all other fields stand, and a body in UTF-8 is readable."""
    headers = ("Content-Length", "5"), ("Connection", "close"), ("X-A", "1")
    assert settings_of(Answer(status=200, headers=headers, body="\u00e4 {}".encode()), delay=0.25) == {
        "status": 200.0,
        "headers": "X-A: 1",
        "body": "\u00e4 {}",
        "delay": 0.25,
    }


@pytest.mark.parametrize("framing", [("Content-Length", "9"), ("Transfer-Encoding", "chunked")])
def test_a_cut_answer_keeps_what_it_promised(framing: tuple[str, str]) -> None:
    """The framing field stays, so that the answer is cut again at the same byte."""
    answer = Answer(status=200, headers=(("X-A", "1"), framing), body=b"half", complete=False)
    assert answer_of(settings_of(answer)) == answer


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(status=0, body=b"?", valid=False), "is not HTTP"),
        (Answer(status=200, clipped=True), "only a part was kept"),
        (Answer(status=200, body=b"a", complete=False), "without a promised length"),
    ],
)
def test_what_cannot_be_given_again_is_refused(answer: Answer, why: str) -> None:
    """No answer is made up for one that was not wholly seen."""
    with pytest.raises(ValueError, match=why):
        settings_of(answer)
