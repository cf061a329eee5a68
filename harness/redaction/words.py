"""One word of a secret made into a token: the same length, each character of the same class, known again by anybody.

The last characters of a token are a checksum of the others that needs no key. So a token is told from a secret without
the key, is never made into another token, and a scan lets it pass. The others come from the key and the value alone.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import string
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

SURE = 20.0
"""Bits of checksum from which a token is told from a secret: one secret in a million would pass for a token."""

_WANTED, _SHARE = 24.0, 0.6
"""Bits of checksum where there is room for them; the share of a short word that the checksum may take."""

_TRIES = 5000
"""Tries to make a token that keeps a further rule, such as a card number's check digit."""

_HEX = re.compile(r"(?=[^a-zA-Z]*[a-fA-F])[0-9a-fA-F-]{16,}")
_CLASSES: tuple[tuple[str, str], ...] = (
    (string.digits, string.digits),
    (string.ascii_lowercase, string.ascii_lowercase),
    (string.ascii_uppercase, string.ascii_uppercase),
)
_HEX_CLASSES = ((string.digits, string.digits), ("abcdef", "abcdef"), ("ABCDEF", "ABCDEF"))
_TWO_BYTES_SMALL = "".join(map(chr, range(0x430, 0x44A)))
_TWO_BYTES_CAPITAL = "".join(map(chr, range(0x410, 0x42A)))
_THREE_BYTES = "".join(map(chr, range(0x4E00, 0x4E40)))
_LEAST_OF_TWO_BYTES, _LEAST_OF_THREE, _LEAST_OF_FOUR = "\x80", "\u0800", "\U00010000"

Rule = Callable[[str], bool]
"""What a token must keep beyond its classes."""


def token(word: str, key: bytes, rule: Rule) -> str:
    """Return the token of ``word`` under ``key``: the same for the same word, within ``rule`` where that can be."""
    alphabets = _alphabets(word)
    free = [place for place, alphabet in enumerate(alphabets) if alphabet]
    if not free:
        return word
    tail = _tail(alphabets, free)
    found = word
    for attempt in range(_TRIES):
        drawn = _drawn(word, key, attempt)
        letters = [_pick(alphabet, drawn) if alphabet else word[i] for i, alphabet in enumerate(alphabets)]
        found = "".join(_sealed(letters, alphabets, tail))
        if found != word and _alphabets(found) == alphabets and rule(found):
            return found
    return found


def sure(word: str) -> bool:
    """Tell whether ``word`` is a token beyond doubt; a short one never is."""
    return _strength(word) >= SURE and sealed(word)


def sealed(word: str) -> bool:
    """Tell whether the last characters of ``word`` are the checksum that a token has; True by chance in a short word.

    A word without a letter or a digit says nothing, and passes.
    """
    alphabets = _alphabets(word)
    free = [place for place, alphabet in enumerate(alphabets) if alphabet]
    return not free or "".join(_sealed(list(word), alphabets, _tail(alphabets, free))) == word


def _strength(word: str) -> float:
    alphabets = _alphabets(word)
    free = [place for place, alphabet in enumerate(alphabets) if alphabet]
    return sum(math.log2(len(alphabets[place])) for place in _tail(alphabets, free))


def _alphabets(word: str) -> list[str]:
    """Return the characters that may stand at each place of the token; empty where the word's own stays."""
    classes = _HEX_CLASSES if _HEX.fullmatch(word) else _CLASSES
    return [next((alphabet for members, alphabet in classes if c in members), _beyond_ascii(c)) for c in word]


def _beyond_ascii(c: str) -> str:
    """Return letters that take as many bytes in UTF-8 as ``c``; empty where it is no letter beyond ASCII."""
    if c < _LEAST_OF_TWO_BYTES or not c.isalpha() or c >= _LEAST_OF_FOUR:
        return ""
    if c >= _LEAST_OF_THREE:
        return _THREE_BYTES
    return _TWO_BYTES_CAPITAL if c.isupper() else _TWO_BYTES_SMALL


def _tail(alphabets: Sequence[str], free: Sequence[int]) -> tuple[int, ...]:
    """Return the places of the checksum: as many of the last free ones as it needs."""
    sizes = [math.log2(len(alphabets[place])) for place in reversed(free)]
    wanted = min(_WANTED, _SHARE * sum(sizes))
    count = next((n for n, bits in enumerate(accumulate(sizes), start=1) if bits >= wanted), len(free))
    return tuple(free[len(free) - count :])


def _sealed(letters: list[str], alphabets: Sequence[str], tail: Sequence[int]) -> list[str]:
    """Return ``letters`` with the checksum of the others at the places ``tail``."""
    places = frozenset(tail)
    rest = "".join("\0" if place in places else letter for place, letter in enumerate(letters))
    number = int.from_bytes(hashlib.sha256(b"harness token\0" + rest.encode("utf-8", "surrogatepass")).digest(), "big")
    for place in tail:
        number, index = divmod(number, len(alphabets[place]))
        letters[place] = alphabets[place][index]
    return letters


def _drawn(word: str, key: bytes, attempt: int) -> Iterator[int]:
    """Yield the numbers below 2^32 that the key gives ``word``, without end."""
    seed = hmac.digest(key, f"{attempt}\0{word}".encode("utf-8", "surrogatepass"), "sha256")
    block = 0
    while True:
        stream = hashlib.sha256(seed + block.to_bytes(8, "big")).digest()
        yield from (int.from_bytes(stream[i : i + 4], "big") for i in range(0, len(stream), 4))
        block += 1


def _pick(alphabet: str, drawn: Iterator[int]) -> str:
    return alphabet[next(drawn) % len(alphabet)]
