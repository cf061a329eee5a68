"""Where secrets stand in a text: in header lines, JSON, forms, multipart, query strings, log lines, and by their shape.

It works on text, not on parsed documents: most messages of this harness are malformed on purpose, and all other bytes
must stay as they were. It never raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote_plus

from harness.model.records import record
from harness.redaction.entropy import drawn, long_words
from harness.redaction.names import SECRET_WORDS, Rules
from harness.redaction.shapes import may_show, seen
from harness.redaction.writing import Writing, string_end

NAMED, CONFIGURED, DRAWN, CREDENTIALS, IN_A_URL = (
    "value under a secret name",
    "value that the configuration calls secret",
    "word that looks drawn",
    "credentials",
    "password in a URL",
)
"""Kinds of secrets that are known otherwise than by a shape."""

_MAY_BE_NAMED = re.compile(f"{SECRET_WORDS}|ssn|cvc|jwt|bearer|basic".encode())
_MARKS = bytes(set(range(128)) - set(b"abcdefghijklmnopqrstuvwxyz0123456789"))
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
_ASSIGNED = re.compile(
    r"(?<![\w%.~+\[\]-])(?P<name>[\w%.~+\[\]-]+)=(?:\"(?P<double>[^\"\r\n]*)\"|'(?P<single>[^'\r\n]*)'|(?P<bare>[^&\s\"'<>]+))"
)
_MULTIPART = re.compile(
    r"\bname=\"(?P<name>[^\"\r\n]*)\"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n(?P<value>.*?)(?=\r?\n--|\Z)", re.DOTALL
)
_SCHEME = re.compile(r"\b(?:Bearer|Basic)[ \t]+(?!authenti)(?P<value>[A-Za-z0-9._~+/=-]{8,})", re.IGNORECASE)
_USERINFO = re.compile(
    r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s/?#:@\"']*:(?P<value>[^\s/?#@\"']+)(?=@)", re.IGNORECASE
)
_SCALAR_END = re.compile(r"[,}\]\s&]|$")
_ESCAPED_UNIT = re.compile(r"\\+u([0-9a-fA-F]{4})")
_BARE_NUMBER = re.compile(r"(?<=[:,\[])\s*$")
_AFTER_NUMBER = re.compile(r"\s*[,}\]]")


@record
class Span:
    """A secret in a text: from ``start`` up to ``end``, how it is written, and the quotes around it in JSON.

    ``before`` and ``after`` characters around it tell what it is, and are no secret themselves.
    """

    start: int
    end: int
    kind: str
    writing: Writing = Writing.PLAIN
    quotes: str = ""
    before: int = 0
    after: int = 0


def may_hold_secrets(text: str, rules: Rules) -> bool:
    """Tell whether any rule could find something: a name stands in what is left of the text without case and marks.

    Escapes, and letters whose case folds to an ASCII one, could hide a name from this look: there the rules decide.
    """
    if not text.isascii() or "%" in text or "\\u" in text or ("://" in text and "@" in text) or rules.patterns:
        return True
    bare = text.encode("ascii").lower().translate(None, _MARKS)
    if _MAY_BE_NAMED.search(bare) or any(name.encode("utf-8") in bare for name in rules.names):
        return True
    return may_show(text) or any(drawn(match[0]) for match in long_words(text))


def secret_spans(text: str, rules: Rules) -> tuple[Span, ...]:
    """Return every secret in ``text`` in order; none overlaps another."""
    found: list[Span] = []
    for span in _every(text, rules):
        if not rules.harmless_value(text[span.start : span.end].strip(span.quotes)):
            _take(span, found)
    return tuple(sorted(found, key=lambda span: span.start))


def _take(span: Span, found: list[Span]) -> None:
    """Add a span to those found before it; one that overlaps them becomes one with them."""
    meeting = [other for other in found if other.start < span.end and span.start < other.end]
    if any(other.start <= span.start and span.end <= other.end for other in meeting):
        return
    whole = min((*meeting, span), key=lambda each: each.start)
    for other in meeting:
        found.remove(other)
    end = max(each.end for each in (*meeting, span))
    if end != whole.end:
        whole = Span(start=whole.start, end=end, kind=whole.kind)
    found.append(whole)


def _every(text: str, rules: Rules) -> Iterator[Span]:
    yield from _pairs(text, rules.secret_name)  # before the rest, so that a quoted value is whole when it is looked at
    for match in _MULTIPART.finditer(text):
        if rules.secret_name(match["name"]):
            yield _span(match, "value", NAMED)
    for rule in (_HEADER_LINE, _CREDENTIALS, _IN_PROSE):
        for match in rule.finditer(text):
            if match["value"] and rules.secret_name(match["name"]):
                yield _span(match, "value", NAMED, Writing.COOKIE if "ookie" in match["name"] else Writing.PLAIN)
    for match in _ASSIGNED.finditer(text):
        # Names in a query or form may be percent-encoded, as in pass%77ord.
        group = match.lastgroup or "bare"
        if rules.secret_name(unquote_plus(match["name"])):
            yield _span(match, group, NAMED, Writing.FORM)
        elif "%" in match[group]:
            kinds = {span.kind for span in _shaped(unquote_plus(match[group]))}
            yield from (_span(match, group, kind, Writing.FORM) for kind in sorted(kinds)[:1])
    yield from (_in_sight(match, "value", CREDENTIALS) for match in _SCHEME.finditer(text))
    yield from (_span(match, "value", IN_A_URL, Writing.FORM) for match in _USERINFO.finditer(text))
    for pattern in rules.patterns:
        yield from (_span(match, 0, CONFIGURED) for match in pattern.finditer(text) if match[0])
    yield from _shaped(text)


def _shaped(text: str) -> Iterator[Span]:
    """Yield what is known by its shape or by looking drawn; an address of e-mail only where it is no part of a URL."""
    shaped = tuple(seen(text))
    for shape, match in shaped:
        yield _number_in_json(text, _in_sight(match, "secret", shape.kind))
    for match in long_words(text):
        if drawn(match[0]) and not any(m.start() < match.end() and match.start() < m.end() for _, m in shaped):
            yield _span(match, 0, DRAWN)


def _number_in_json(text: str, span: Span) -> Span:
    """Return the span of a number without quotes in JSON with the quotes that a text in its place needs."""
    before, after = text[max(0, span.start - 16) : span.start], text[span.end : span.end + 16]
    alone = text[span.start : span.end].isdigit() and _BARE_NUMBER.search(before) and _AFTER_NUMBER.match(after)
    if not alone:
        return span
    return Span(start=span.start, end=span.end, kind=span.kind, writing=Writing.JSON, quotes='"')


def _span(match: re.Match[str], group: str | int, kind: str, writing: Writing = Writing.PLAIN) -> Span:
    return Span(start=match.start(group), end=match.end(group), kind=kind, writing=writing)


def _in_sight(match: re.Match[str], group: str, kind: str) -> Span:
    """Return the span of what is known by what stands around it."""
    start, end = match.span(group)
    writing = Writing.ESCAPED if "\\" in match[group] else Writing.PLAIN
    return Span(start=start, end=end, kind=kind, writing=writing, before=start - match.start(), after=match.end() - end)


def _pairs(text: str, secret: Callable[[str], bool]) -> Iterator[Span]:
    """Yield the values of ``"name": value``: JSON whole, cut, broken or quoted inside a string, and Python's repr."""
    position = 0
    while match := _PAIR.search(text, position):
        # An apostrophe inside JSON opens no name: a name in single quotes (Python's repr) holds no double quote.
        inside = match["quote"] == "'" and '"' in match["name"]
        if inside or not secret(_unescaped(match["name"])):
            # In broken text the closing quote may open the next name: go on right behind the opening one.
            position = match.start("quote") + 1
            continue
        position = _value_end(text, match.end(), match["escape"], match["quote"])
        quotes = match["escape"] + match["quote"]
        yield Span(start=match.end(), end=position, kind=NAMED, writing=Writing.JSON, quotes=quotes)


def _unescaped(name: str) -> str:
    r"""Return ``name`` with ``\u0070`` and its like decoded: an escaped twin names the same field."""
    return _ESCAPED_UNIT.sub(lambda m: chr(int(m[1], 16)), name)


def _value_end(text: str, start: int, escape: str, quote: str) -> int:
    """Return where the value that begins at ``start`` ends; the end of the text where it is cut."""
    if text.startswith(escape + quote, start):
        return string_end(text, start + len(escape) + 1, escape, quote)
    if text.startswith(("{", "["), start):
        return _nest_end(text, start, escape, quote)
    match = _SCALAR_END.search(text, start)
    return match.start() if match else len(text)


def _nest_end(text: str, start: int, escape: str, quote: str) -> int:
    """Return the position behind the bracket that closes the one at ``start``; brackets inside strings do not count."""
    open_brackets = 0
    position = start
    while position < len(text):
        if text.startswith(escape + quote, position):
            position = string_end(text, position + len(escape) + 1, escape, quote)
            continue
        open_brackets += (text[position] in "{[") - (text[position] in "}]")
        position += 1
        if open_brackets == 0:
            return position
    return len(text)
