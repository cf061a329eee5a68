"""Strings that only one event carries, so that an answer or a call can be held against its own request.

A token is as long as the text it replaces and made of letters that stand in no hexadecimal number
and in hardly any word: an identifier or a message of the service is never mistaken for one.
"""

from __future__ import annotations

import hashlib
from math import gcd

ALPHABET = "ghjkmnpqrstvwxz"
"""No vowels (words) and nothing of a-f (hexadecimal identifiers)."""


def capacity(texts: tuple[str, ...], stride: int = 0) -> int:
    """Return for how many events tokens in the place of ``texts`` stay unique; for ``stride`` see :func:`tokens`."""
    if not texts:
        return 0
    return int(len(ALPHABET) ** min(map(len, texts))) // max(len(texts), stride) - 1


def tokens(texts: tuple[str, ...], salt: str, case: str, event: int, stride: int = 0) -> tuple[str, ...]:
    """Return the tokens that event number ``event`` carries in the place of ``texts``, in their order.

    Each has the length and the letter case of its text. No two events share a token: the number of
    event and place goes through an affine permutation of all strings of that length, drawn from
    ``salt`` and ``case``. Where events differ in how many texts they carry, ``stride`` is the most that any of them
    does. ValueError where there are more events than such strings.
    """
    most = capacity(texts, stride)
    if texts and event > most:
        raise ValueError(f"tokens as short as {min(texts, key=len)!r} serve {most} events, not {event}")
    seed = hashlib.sha256(f"{salt}\x1f{case}".encode()).digest()
    width = max(len(texts), stride)
    return tuple(_token(text, event * width + place, seed) for place, text in enumerate(texts))


def _token(text: str, number: int, seed: bytes) -> str:
    """Return the ``number``-th string of the length and case of ``text``."""
    size = len(ALPHABET) ** len(text)
    step = int.from_bytes(seed[:16], "big") % size
    while gcd(step, size) != 1:
        step += 1
    value = (number * step + int.from_bytes(seed[16:], "big")) % size
    letters = []
    for shown in text:
        value, rest = divmod(value, len(ALPHABET))
        letters.append(ALPHABET[rest].upper() if shown.isupper() else ALPHABET[rest])
    return "".join(letters)
