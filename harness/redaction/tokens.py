"""Tokens in the place of secrets: equal values stay equal, lengths and classes of characters stay, nothing else does.

A :class:`Tokens` holds the key of one run or of one file; the key is drawn, kept in memory and written nowhere. Digits
stay digits, small letters small, capitals capital, hex hex; a UUID keeps its version, a card number and an IBAN pass
their checks, base64 keeps its padding, a JSON Web Token its header and its claims about time; an e-mail address goes to
a domain that belongs to nobody. What a signature or a key block says of itself cannot be kept.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterator

from harness.redaction import words
from harness.redaction.shapes import OF_TOKENS, SHAPES, Shape, luhn, mod_97
from harness.redaction.writing import Writing, rewritten

REDACTED = "[redacted]"
"""What stands in the place of a secret where nothing is sent again."""

LEAST_KEY = 16
"""Bytes that a key has at least."""

_FIXED = re.compile(
    r"\[redacted\]|e0e0e0e0-0000-4000-8000-\d{12}"
    r"|[a-z][a-z0-9+.-]{1,15}://|(?<![A-Za-z])(?:Bearer|Basic|Token|Digest|ApiKey)(?=[ \t])",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(
    r"(?:(?<=;)|(?<=; ))(?:(?:path|domain|expires|max-age|samesite)=[^;]*|httponly|secure|partitioned)", re.IGNORECASE
)
_COOKIE_NAME = re.compile(r"(?:^|(?<=;)|(?<=; ))[^=;\s]+=")
_PIECE = re.compile(r"[^\s;,&:='\"<>(){}\[\]]+")
_BASIC = re.compile(r"(?<=Basic )(?P<secret>[A-Za-z0-9+/]{6,}={0,2})", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_CLAIMS_KEPT = frozenset({"alg", "typ", "iss", "aud", "exp", "iat", "nbf", "auth_time", "scope"})
_ENDINGS = tuple(f".{domain}" for domain in OF_TOKENS)
_LEFT_OPEN = {2: 15, 3: 3}
"""The bits of the last character of base64 that stand for nothing, by the characters behind the last whole four."""
_SHORT = 6
_EITHER = str.maketrans("-_", "+/")
_WHOLE = frozenset({"JSON Web Token", "IBAN"})
"""Kinds whose tokens are made of the whole match: what stands before the secret part is needed for it."""


class Tokens:
    """Makes tokens with one key. ``key`` None draws one; fewer than 16 bytes are refused by ValueError."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = secrets.token_bytes(32) if key is None else key
        if len(self._key) < LEAST_KEY:
            raise ValueError(f"a key has at least {LEAST_KEY} bytes, not {len(self._key)}")
        self._made: dict[str, str] = {}

    def token(self, value: str, *, cookies: bool = False) -> str:
        """Return what stands for ``value``: as many characters, the same for the same; itself where it is a token.

        ``cookies``: it is the value of a Cookie or Set-Cookie, whose names stay.
        """
        return "".join(self._word(text, kind) for text, kind in _pieces(value, cookies=cookies))

    def _word(self, text: str, kind: str) -> str:
        if kind == "fixed" or not text:
            return text
        if text not in self._made:
            self._made[text] = self._made_of(text, kind)
        return self._made[text]

    def _made_of(self, text: str, kind: str) -> str:
        if _surely(text, kind):
            return text
        match kind:
            case "JSON Web Token":
                return self._jwt(text)
            case "basic":
                return _again_in_base64(self.token(_from_base64(text)), text)
            case "e-mail address":
                return self._address(text)
            case "IBAN":
                return text[:2] + words.token(text[2:], self._key, lambda rest: mod_97(text[:2] + rest))
            case _:
                return words.token(text, self._key, _rule(text, kind))

    def _jwt(self, text: str) -> str:
        """Return a token of a JSON Web Token: its header stays, its claims are tokens, its signature opens nothing."""
        header, payload, *signature = text.split(".")
        claims = rewritten(_from_base64(payload), Writing.JSON, self.token, kept=_CLAIMS_KEPT)
        return ".".join((header, _again_in_base64(claims, payload), *(self._word(part, "") for part in signature)))

    def _address(self, text: str) -> str:
        """Return an address at a domain of nobody, as long as the one of ``text``."""
        mark = "@" if "@" in text else "%40"
        local, _, domain = text.rpartition(mark)
        ending = _ENDINGS[0] if len(domain) > len(_ENDINGS[0]) else _ENDINGS[1]
        label = words.token(domain.replace(".", "x").replace("-", "x"), self._key, lambda _: True)
        return self._word(local, "") + mark + label[: len(domain) - len(ending)].lower() + ending


def whole_token(value: str, *, cookies: bool = False) -> bool:
    """Tell whether nothing of ``value`` is secret any more: each part of six characters and more is a token.

    What is shorter is nobody's to tell: the checksum of a token has no room in it.
    """
    return all(
        kind == "fixed" or len(text) < _SHORT or _sealed(text, kind) for text, kind in _pieces(value, cookies=cookies)
    )


def _surely(text: str, kind: str) -> bool:
    """Tell whether ``text`` is a token beyond doubt, so that another would only take its place."""
    if kind == "basic":
        return any(words.sure(part) for part in _from_base64(text).split(":", 1)[1:])
    return words.sure(_checked(text, kind))


def _sealed(text: str, kind: str) -> bool:
    return whole_token(_from_base64(text)) if kind == "basic" else words.sealed(_checked(text, kind))


def _checked(text: str, kind: str) -> str:
    """Return the part of a token that has the checksum."""
    return {"JSON Web Token": text.rpartition(".")[2], "IBAN": text[2:]}.get(kind, text)


def _pieces(value: str, *, cookies: bool) -> Iterator[tuple[str, str]]:
    """Yield ``value`` in pieces with their kinds: ``fixed`` stays, the kind of a shape, empty for any other word."""
    position = 0
    for start, end, kind in sorted(_known(value, cookies=cookies)):
        if start < position:
            continue
        yield from _words(value[position:start])
        yield value[start:end], kind
        position = end
    yield from _words(value[position:])


def _words(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    for match in _PIECE.finditer(text):
        yield text[position : match.start()], "fixed"
        yield match[0], ""
        position = match.end()
    yield text[position:], "fixed"


def _known(value: str, *, cookies: bool) -> Iterator[tuple[int, int, str]]:
    """Yield where something stands in ``value`` that is no plain word: start, end, kind."""
    for pattern in (_FIXED, *((_ATTRIBUTES, _COOKIE_NAME) if cookies else ())):
        yield from ((*match.span(), "fixed") for match in pattern.finditer(value))
    for match in _BASIC.finditer(value):
        if _from_base64(match["secret"]).isprintable() and ":" in _from_base64(match["secret"]):
            yield (*match.span("secret"), "basic")
    for shape in SHAPES:
        for match in shape.pattern.finditer(value):
            yield from _parts(shape, match)


def _parts(shape: Shape, match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    """Yield the parts of what looks like a shape: what stands before its secret stays, as does a nobody's address."""
    nobodys = shape.kind == "e-mail address" and (match[0].lower().endswith(_ENDINGS) or not shape.holds(match[0]))
    if nobodys:
        yield (*match.span(), "fixed")
    if nobodys or not shape.holds(match[0]):
        return
    if shape.kind in _WHOLE:
        yield (*match.span(), shape.kind)
        return
    yield match.start(), match.start("secret"), "fixed"
    yield (*match.span("secret"), shape.kind)
    yield match.end("secret"), match.end(), "fixed"


def _rule(text: str, kind: str) -> words.Rule:
    """Return what a token of ``text`` must keep beside its classes."""
    if kind == "card number":
        return luhn
    if _UUID.fullmatch(text):
        return lambda made: made[14] == text[14] and made[19] in "89abAB"
    if text.isdigit():
        return lambda made: made[0] != "0" or text[0] == "0"  # a number stays one in JSON
    left_open = _LEFT_OPEN.get(len(text) % 4)
    if left_open and _BASE64.fullmatch(text) and not _last_bits(text) & left_open:
        return lambda made: not _last_bits(made) & left_open
    return lambda _: True


def _last_bits(text: str) -> int:
    return _ALPHABET.index({"-": "+", "_": "/"}.get(text[-1], text[-1]))


def _from_base64(text: str) -> str:
    """Return the text that base64 in either alphabet stands for; empty where it stands for none."""
    try:
        data = base64.b64decode(text.translate(_EITHER).rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True)
        return data.decode("utf-8")
    except ValueError:
        return ""


def _again_in_base64(made: str, like: str) -> str:
    """Return ``made`` in base64, in the alphabet and with the padding of ``like``."""
    encode = base64.urlsafe_b64encode if set(like) & set("-_") or not like.endswith("=") else base64.b64encode
    found = encode(made.encode("utf-8")).decode("ascii")
    return found if like.endswith("=") else found.rstrip("=")
