"""Redaction: what must never be written is replaced before anything is written.

Where a text is read and not sent again, ``[redacted]`` stands in the place of a secret: it says openly that something
was left out, not even its length remains, and what was redacted once stays as it is. Where a message is sent again, a
token of the same form stands there (:mod:`harness.redaction.tokens`). Nothing here raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from harness.model.messages import Headers
from harness.redaction.names import Rules, rules
from harness.redaction.spans import Span, may_hold_secrets, secret_spans
from harness.redaction.tokens import REDACTED, Tokens
from harness.redaction.writing import Writing, rewritten

__all__ = [
    "REDACTED",
    "is_secret",
    "redact_by_rules",
    "redact_bytes",
    "redact_headers",
    "redact_text",
    "tokenise_bytes",
    "tokenise_headers",
    "tokenise_text",
]

_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")

Put = Callable[[str, Span], str]
"""What takes the place of a secret, from the whole text and where the secret stands in it."""


def is_secret(name: str, secrets: Iterable[str] = ()) -> bool:
    """Say whether values under ``name`` are never written; ``secrets`` are further names, without case or marks."""
    return rules(secrets).secret_name(name)


def redact_headers(headers: Headers, secrets: Iterable[str] = ()) -> Headers:
    """Return ``headers`` in the same order with the values of secrets replaced, and secrets inside other values too."""
    named = rules(secrets)
    return tuple(
        (
            name,
            REDACTED if named.secret_name(name) and not named.harmless_value(value) else _text(value, named, _masked),
        )
        for name, value in headers
    )


def redact_bytes(data: bytes, secrets: Iterable[str] = ()) -> bytes:
    """Return a raw HTTP message or body with its secrets replaced and every other byte as it was. Never raises."""
    return _bytes(data, rules(secrets), _masked)


def redact_text(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a log line, a query string or any other text with its secrets replaced. Never raises.

    A text that can hold none is returned itself: most have none, and the rules cost ten times as much as telling that.
    """
    return _text(text, rules(secrets), _masked)


def redact_by_rules(text: str, secrets: Iterable[str] = ()) -> str:
    """Return what :func:`redact_text` returns, found by applying every rule to every text."""
    return _replaced(text, rules(secrets), _masked)


def tokenise_headers(headers: Headers, tokens: Tokens, secrets: Iterable[str] = ()) -> Headers:
    """Return ``headers`` with a token in the place of each secret."""
    named = rules(secrets)
    return tuple((name, _header(name, value, tokens, named)) for name, value in headers)


def tokenise_bytes(data: bytes, tokens: Tokens, secrets: Iterable[str] = ()) -> bytes:
    """Return a raw HTTP message or body, as long as it was, with a token in the place of each secret. Never raises."""
    return _bytes(data, rules(secrets), _tokenised(tokens))


def tokenise_text(text: str, tokens: Tokens, secrets: Iterable[str] = ()) -> str:
    """Return any text, as long as it was, with a token in the place of each secret. Never raises."""
    return _text(text, rules(secrets), _tokenised(tokens))


def _header(name: str, value: str, tokens: Tokens, named: Rules) -> str:
    if not named.secret_name(name) or named.harmless_value(value):
        return _text(value, named, _tokenised(tokens))
    return tokens.token(value, cookies="cookie" in name.lower())


def _masked(_: str, span: Span) -> str:
    return span.quotes + REDACTED + span.quotes


def _tokenised(tokens: Tokens) -> Put:
    def put(text: str, span: Span) -> str:
        # What stands around it tells what kind it is, and stays.
        known = text[span.start - span.before : span.end + span.after]
        cookies = span.writing is Writing.COOKIE
        made = rewritten(known, span.writing, lambda value: tokens.token(value, cookies=cookies))
        return made[span.before : len(made) - span.after]

    return put


def _text(text: str, named: Rules, put: Put) -> str:
    return _replaced(text, named, put) if may_hold_secrets(text, named) else text


def _replaced(text: str, named: Rules, put: Put) -> str:
    pieces: list[str] = []
    position = 0
    for span in secret_spans(text, named):
        pieces += text[position : span.start], put(text, span)
        position = span.end
    return "".join(pieces) + text[position:] if pieces else text


def _bytes(data: bytes, named: Rules, put: Put) -> bytes:
    text = data.decode("latin-1")  # one character a byte, so nothing is lost on the way back
    replaced = _text(text, named, _in_utf_8(put))
    clean = data if replaced is text else replaced.encode("latin-1")
    return _wide(clean, named, put) if b"\0" in clean else clean


def _in_utf_8(put: Put) -> Put:
    """Return ``put`` for text that is bytes: letters beyond ASCII are seen as what they are."""

    def seen(text: str, span: Span) -> str:
        before, value, after = text[: span.start], text[span.start : span.end], text[span.end :]
        known = value.encode("latin-1").decode("utf-8", "surrogateescape")
        moved = replace(span, end=span.start + len(known))
        return put(before + known + after, moved).encode("utf-8", "surrogateescape").decode("latin-1")

    return seen


def _wide(data: bytes, named: Rules, put: Put) -> bytes:
    """Redact a body in UTF-16 or UTF-32, which no rule for single bytes can see; unchanged where there is no secret."""
    head, blank, body = data.rpartition(b"\r\n\r\n")
    for encoding in _WIDE:
        try:
            text = body.decode(encoding, "surrogatepass")
        except UnicodeDecodeError:
            continue
        clean = _text(text, named, put)
        if clean != text:
            return head + blank + clean.encode(encoding, "surrogatepass")
    return data
