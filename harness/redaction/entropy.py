"""Words that look drawn: long, of many kinds of characters, in no order that a person or a digest would give them.

The bounds are measured (``docs/incidents.md`` tells on what): UUIDs, digests, identities and paths of ordinary
traffic lie below them.
"""

from __future__ import annotations

import base64
import math
import re
from collections import Counter
from collections.abc import Iterator

BEGINNING = (
    r"(?:(?<![A-Za-z0-9])(?!(?<=\\)[bfnrtu]|(?<=%)[0-9A-Fa-f]{2})"
    r"|(?<=%[0-9A-Fa-f]{2})|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4}))"
)
"""Where a word begins: behind no letter or digit, unless it is the end of an escape."""

_WORD = re.compile(r"(?<![+/_-])" + BEGINNING + r"[A-Za-z0-9+/_-]{32,512}={0,2}(?![A-Za-z0-9+/_=-])")
_LONG = re.compile(r"[A-Za-z0-9+/_-]{32,}")

LEAST_MIXED = 4.2
"""Bits a character from which a word of capitals, small letters and digits counts as drawn."""

LEAST_HEX = 3.3
"""Bits a character from which a word of hex counts as drawn, where it has no length of a digest or an identifier."""

_SHORT_DIGESTS = (32, 40)
_OF_DIGESTS = frozenset({*_SHORT_DIGESTS, 56, 64, 96, 128})
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_WORDS = re.compile(r"[a-z]{4,}|[A-Z]{5,}|[0-9]{6,}")
_EITHER = str.maketrans("-_", "+/")
_LEAST_OF_EACH = 3
_MOST_IN_WORDS = 0.4
_MOST_MARKS = 1 / 8


def long_words(text: str) -> Iterator[re.Match[str]]:
    """Yield every word of ``text`` that is looked at: base64 in either alphabet, or hex, of a secret's length."""
    return _WORD.finditer(text) if any(_worth_it(match[0]) for match in _LONG.finditer(text)) else iter(())


def _worth_it(word: str) -> bool:
    """Tell apart, quickly, what is most often so long: a UUID, a digest, words in small letters."""
    return word != word.lower() or (len(word) > max(_SHORT_DIGESTS) and word.isalnum())


def bits(word: str) -> float:
    """Return the Shannon entropy of ``word`` in bits a character."""
    total = len(word)
    return -sum(n / total * math.log2(n / total) for n in Counter(word).values()) if total else 0.0


def readable(word: str) -> str:
    """Return the text that base64 in either alphabet stands for; empty where that is none that is printable."""
    bare = word.rstrip("=").translate(_EITHER)
    try:
        text = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8")
    except ValueError:
        return ""
    return text if all(c.isprintable() or c in "\t\r\n" for c in text) else ""


def drawn(word: str) -> bool:
    """Tell whether ``word`` looks drawn by a machine to be guessed by nobody."""
    bare = word.rstrip("=")
    if _HEX.fullmatch(bare):
        return len(bare) not in _OF_DIGESTS and bits(bare) >= LEAST_HEX
    if bare == bare.lower() or bare == bare.upper() or readable(word):
        return False
    kinds = (
        sum(c.isdigit() for c in bare),
        sum(c.islower() for c in bare),
        sum(c.isupper() for c in bare),
    )
    # What people write has words in it and marks between them; what is drawn changes its kind of character every few.
    in_words = sum(len(part) for part in _WORDS.findall(bare)) / len(bare)
    marks = (len(bare) - sum(kinds)) / len(bare)
    written = in_words >= _MOST_IN_WORDS or marks > _MOST_MARKS
    return min(kinds) >= _LEAST_OF_EACH and not written and bits(bare) >= LEAST_MIXED
