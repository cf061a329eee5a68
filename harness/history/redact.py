"""Redaction: what must never be written is replaced before anything is written.

Values of ``Authorization``, ``Cookie``, ``Set-Cookie`` and of everything named like a secret become
``[redacted]``: in header lines, JSON, forms, multipart, query strings and log lines. It works on text, not on
parsed documents: most messages of this harness are malformed on purpose, and all other bytes must
stay as they were. It never raises, and what was redacted once stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from urllib.parse import unquote_plus

from harness.model.messages import Headers

REDACTED = "[redacted]"

_SECRET_WORDS = (
    "password|passwd|passphrase|pwd|secret|token|session|apikey|accesskey|privatekey|signingkey|credential"
    "|authorization|cookie"
)
_LIKE_A_SECRET = re.compile(_SECRET_WORDS)
_SECRET_SOMEWHERE = re.compile(f"{_SECRET_WORDS}|bearer|basic".encode())
_MARKS = bytes(set(range(128)) - set(b"abcdefghijklmnopqrstuvwxyz0123456789"))
_NOT_WORD = re.compile(r"[^a-z0-9]")

_HEADER_LINE = re.compile(
    r"^(?P<name>[\w!#$%&'*+.^`|~-]+)(?P<colon>[ \t]*:[ \t]*)(?P<value>[^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)", re.MULTILINE
)
_IN_PROSE = re.compile(r"(?<![\w.-])(?P<name>[\w.-]+)(?P<colon>:[ \t]+)(?!\[redacted\])(?P<value>[^\s,;\"'}\]]+)")
_CREDENTIALS = re.compile(
    r"(?<![\w-])(?P<name>(?:proxy-)?authorization|(?:set-)?cookie)(?P<colon>[ \t]*:[ \t]*)(?P<value>[^\r\n\"']+)",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?P<escape>\\{0,15})(?P<quote>[\"'])(?P<name>(?:(?!(?P=quote))[^\r\n]){1,200}?)(?P=escape)(?P=quote)\s*:\s*"
)
_ASSIGNED = re.compile(r"(?<![\w%.~+\[\]-])(?P<name>[\w%.~+\[\]-]+)=(?P<value>\"[^\"\r\n]*\"|'[^'\r\n]*'|[^&\s\"'<>]+)")
_MULTIPART = re.compile(
    r"(?P<head>\bname=\"(?P<name>[^\"\r\n]*)\"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)(?P<value>.*?)(?=\r?\n--|\Z)",
    re.DOTALL,
)
_SCHEME = re.compile(r"\b(?P<scheme>Bearer|Basic)(?P<gap>[ \t]+)(?!authenti)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_USERINFO = re.compile(
    r"(?<![a-z0-9+.-])(?P<start>[a-z][a-z0-9+.-]*://[^\s/?#:@\"']*:)[^\s/?#@\"']+(?=@)", re.IGNORECASE
)
_SCALAR_END = re.compile(r"[,}\]\s&]|$")
_ESCAPED_UNIT = re.compile(r"\\+u([0-9a-fA-F]{4})")
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


def _squeezed(name: str) -> str:
    """Return ``name`` in lower case with nothing but letters and digits: ``X-Api_Key`` is ``xapikey``."""
    return _NOT_WORD.sub("", name.lower())


def is_secret(name: str, secrets: Iterable[str] = ()) -> bool:
    """Say whether values under ``name`` are never written; ``secrets`` are further names, without case or marks."""
    squeezed = _squeezed(name)
    return bool(_LIKE_A_SECRET.search(squeezed)) or any(squeezed == _squeezed(secret) for secret in secrets if secret)


def redact_headers(headers: Headers, secrets: Iterable[str] = ()) -> Headers:
    """Return ``headers`` in the same order with the values of secrets replaced, and secrets inside other values too."""
    named = tuple(secrets)
    return tuple((name, REDACTED if is_secret(name, named) else redact_text(value, named)) for name, value in headers)


def redact_bytes(data: bytes, secrets: Iterable[str] = ()) -> bytes:
    """Return a raw HTTP message or body with its secrets replaced and every other byte as it was. Never raises."""
    named = tuple(secrets)
    text = data.decode("latin-1")  # one character a byte, so nothing is lost on the way back
    redacted = redact_text(text, named)
    clean = data if redacted is text else redacted.encode("latin-1")
    return _redact_wide(clean, named) if b"\0" in clean else clean


def redact_text(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a log line, a query string or any other text with its secrets replaced. Never raises.

    A text that can hold none is returned itself: most have none, and the rules cost ten times as much as telling that.
    """
    named = tuple(secrets)
    return redact_by_rules(text, named) if _may_hold_secrets(text, named) else text


def _may_hold_secrets(text: str, secrets: tuple[str, ...]) -> bool:
    """Tell whether any rule could find something: a name stands in what is left of the text without case and marks.

    Escapes, and letters whose case folds to an ASCII one, could hide a name from this look: there the rules decide.
    """
    if not text.isascii() or "%" in text or "\\u" in text or ("://" in text and "@" in text):
        return True
    squeezed = text.encode("ascii").lower().translate(None, _MARKS)
    return bool(_SECRET_SOMEWHERE.search(squeezed)) or any(_squeezed(s).encode("utf-8") in squeezed for s in secrets)


def redact_by_rules(text: str, secrets: Iterable[str] = ()) -> str:
    """Return what :func:`redact_text` returns, found by applying every rule to every text."""
    secret = partial(is_secret, secrets=tuple(secrets))
    text = _redact_pairs(text, secret)  # before the rest, so that a quoted value is still whole when it is looked at
    text = _MULTIPART.sub(lambda m: m["head"] + REDACTED if secret(m["name"]) else m[0], text)
    for rule in (_HEADER_LINE, _CREDENTIALS, _IN_PROSE):
        text = rule.sub(lambda m: m["name"] + m["colon"] + REDACTED if m["value"] and secret(m["name"]) else m[0], text)
    # Names in a query or form may be percent-encoded, as in pass%77ord.
    text = _ASSIGNED.sub(
        lambda m: f"{m['name']}={_same_quotes(m['value'])}" if secret(unquote_plus(m["name"])) else m[0], text
    )
    text = _SCHEME.sub(lambda m: m["scheme"] + m["gap"] + REDACTED, text)
    return _USERINFO.sub(lambda m: m["start"] + REDACTED, text)


def _same_quotes(value: str) -> str:
    """Return the replacement of ``value`` inside the same quotes."""
    quote = value[0] if value[0] in "\"'" else ""
    return f"{quote}{REDACTED}{quote}"


def _redact_pairs(text: str, secret: Callable[[str], bool]) -> str:
    """Replace the values of ``"name": value``: JSON whole, cut, broken or quoted inside a string, and Python's repr."""
    pieces: list[str] = []
    position = done = 0
    while match := _PAIR.search(text, position):
        # An apostrophe inside JSON opens no name: a name in single quotes (Python's repr) holds no double quote.
        inside = match["quote"] == "'" and '"' in match["name"]
        if inside or not secret(_unescaped(match["name"])):
            # In broken text the closing quote may open the next name: go on right behind the opening one.
            position = match.start("quote") + 1
            continue
        quotes = match["escape"] + match["quote"]
        pieces.append(text[done : match.end()] + quotes + REDACTED + quotes)
        position = done = _value_end(text, match.end(), match["escape"], match["quote"])
    return "".join(pieces) + text[done:]


def _unescaped(name: str) -> str:
    r"""Return ``name`` with ``\u0070`` and its like decoded: an escaped twin names the same field."""
    return _ESCAPED_UNIT.sub(lambda m: chr(int(m[1], 16)), name)


def _value_end(text: str, start: int, escape: str, quote: str) -> int:
    """Return where the value that begins at ``start`` ends; the end of the text where it is cut."""
    if text.startswith(escape + quote, start):
        return _string_end(text, start + len(escape) + 1, escape, quote)
    if text.startswith(("{", "["), start):
        return _nest_end(text, start, escape, quote)
    match = _SCALAR_END.search(text, start)
    return match.start() if match else len(text)


def _string_end(text: str, start: int, escape: str, quote: str) -> int:
    """Return the position behind the quote that ends a string.

    At nesting depth d a quote is written behind e = 2^d - 1 backslashes; it ends the string when the run of backslashes
    before it leaves e modulo 2(e + 1), as an escaped backslash takes twice as many.
    """
    depth = len(escape)
    position = start
    while (found := text.find(quote, position)) >= 0:
        before = text[start:found]
        backslashes = len(before) - len(before.rstrip("\\"))
        if backslashes % (2 * (depth + 1)) == depth:
            return found + 1
        position = found + 1
    return len(text)


def _nest_end(text: str, start: int, escape: str, quote: str) -> int:
    """Return the position behind the bracket that closes the one at ``start``; brackets inside strings do not count."""
    open_brackets = 0
    position = start
    while position < len(text):
        if text.startswith(escape + quote, position):
            position = _string_end(text, position + len(escape) + 1, escape, quote)
            continue
        open_brackets += (text[position] in "{[") - (text[position] in "}]")
        position += 1
        if open_brackets == 0:
            return position
    return len(text)


def _redact_wide(data: bytes, secrets: tuple[str, ...]) -> bytes:
    """Redact a body in UTF-16 or UTF-32, which no rule for single bytes can see; unchanged where there is no secret."""
    head, blank, body = data.rpartition(b"\r\n\r\n")
    for encoding in _WIDE:
        try:
            text = body.decode(encoding, "surrogatepass")
        except UnicodeDecodeError:
            continue
        clean = redact_text(text, secrets)
        if clean != text:
            return head + blank + clean.encode(encoding, "surrogatepass")
    return data
