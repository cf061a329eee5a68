"""What is drawn to be guessed by nobody looks so; what people and digests write does not."""

from __future__ import annotations

import random
import re
import string
from pathlib import Path

import pytest

from harness.redaction.entropy import drawn

ROOT = Path(__file__).parents[3]
BASE62 = string.ascii_letters + string.digits
SHARES = {32: 0.85, 40: 0.92, 64: 0.98}
"""Of words of so many characters, the share that must be seen at least."""


@pytest.mark.parametrize("alphabet", [BASE62, BASE62 + "+/", BASE62 + "-_"], ids=["base62", "base64", "base64url"])
@pytest.mark.parametrize("length", SHARES)
def test_most_drawn_words_are_seen(length: int, alphabet: str) -> None:
    """Longer ones nearly always; a short one may have too few characters of a kind by chance."""
    draw = random.Random(length)
    seen = sum(drawn("".join(draw.choices(alphabet, k=length))) for _ in range(1000))
    assert seen / 1000 >= SHARES[length]


def test_hex_of_a_digests_length_is_none_of_another_is() -> None:
    """A digest names a file; 24 bytes in hex are a key."""
    draw = random.Random(1)
    words = {length: "".join(draw.choices("0123456789abcdef", k=length)) for length in (32, 40, 48, 64, 80)}
    assert {length: drawn(word) for length, word in words.items()} == {
        32: False,
        40: False,
        48: True,
        64: False,
        80: True,
    }


def test_nothing_that_this_repository_says_looks_drawn() -> None:
    """Its sources, pages and scenarios hold dozens of long words, and not one that is taken for a secret."""
    texts = [
        path.read_text(encoding="utf-8")
        for folder, ending in (("harness", "py"), ("sample_app", "py"), ("docs", "md"), ("scenarios", "yaml"))
        for path in (ROOT / folder).rglob(f"*.{ending}")
    ]
    words = {word for text in texts for word in re.findall(r"[A-Za-z0-9+/_-]{32,}", text)}
    assert len(words) > 30
    assert [word for word in words if drawn(word)] == []
