"""Foreign text is shown as text: nothing hidden, nothing that moves a cursor or reorders a line."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.shown import message_text, one_line, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x07", "\\x1b[2J\\x07"),
        ("a\u202eb\u200bc", "a\\u202eb\\u200bc"),
        ("line\none\ttab\rback", "line\none\ttab\\rback"),
        ("\N{EURO SIGN} \N{GRINNING FACE}", "\N{EURO SIGN} \N{GRINNING FACE}"),
        ("\ud800\U000e0041", "\\ud800\\U000e0041"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    """Controls, bidi marks, zero widths and lone surrogates become escapes; what can be read stays."""
    assert visible(text) == shown


@given(st.text(), st.integers(1, 80))
def test_one_line(text: str, width: int) -> None:
    """One line stays one line, within its width, without a control character."""
    line = one_line(text, width)
    assert len(line) <= width
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") for character in line)


def test_message() -> None:
    """A message shows CRLF as a new line, a bare CR or LF as itself, and bytes that are no text as bytes."""
    data = b"POST / HTTP/1.1\r\nX: a\nb\rc\r\n\r\n\xff\x00\xc3\xa9"
    assert message_text(data) == "POST / HTTP/1.1\nX: a\\nb\\rc\n\n\\xff\\x00\N{LATIN SMALL LETTER E WITH ACUTE}"


def test_long_message() -> None:
    """A long message keeps its head and tail and says how much is missing."""
    shown = message_text(b"a" * 5_000 + b"end", clip=1_000)
    assert shown == "a" * 750 + "\n… 4,003 characters left out …\n" + "a" * 247 + "end"
