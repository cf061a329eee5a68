"""Requests from curl command lines: those of people, of browsers ("copy as curl") and of our own reports.

A line becomes the request that it says. What curl adds by itself (Host, User-Agent, Accept) is no part of it; the type
that it gives a form is. Lines in the background (``&``) are at work at the same time until ``wait``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from typing import NoReturn
from urllib.parse import quote_from_bytes, urljoin

from harness.exchange.curl_options import LONG, SHORT, Option, Use
from harness.exchange.documents import Source, refused, text_of
from harness.exchange.piped import printed
from harness.exchange.shell import Command, Word, commands
from harness.model.captures import Capture, SeenExchange
from harness.model.errors import ScenarioError
from harness.model.messages import Headers, Request
from harness.model.records import record

BACKGROUND = 0.001
"""Seconds for which a line in the background counts as at work: just long enough to overlap with its like."""

_FORM = "application/x-www-form-urlencoded"
_BOUNDARY = "------------------------harness"
_TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+\Z", re.ASCII)
_FIELD = re.compile(r"(?P<name>[\w!#$%&'*+.^`|~-]+)(?P<mark>[:;])(?P<value>[\t\x20-\x7e\x80-\xff]*)\Z", re.ASCII)
_URL = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?P<authority>[^/?#]*)(?P<rest>[^#]*)(?:#.*)?\Z", re.DOTALL
)
_AUTHORITY = re.compile(r"(?:[\x21-\x7e\x80-\xff]*@)?(?:\[[0-9A-Fa-f:.]+\]|[\w.~%-]+)(?::\d{1,5})?\Z")
_SENDABLE = re.compile(r"[\x21-\x7e\x80-\xff]*\Z")


@record
class Given:
    """One option of a line with its word (None: it takes none), and where it stands."""

    option: Option
    spelt: str
    word: Word | None
    at: Word


def read_curl(source: Source) -> Capture:
    """Return the requests of the command lines; ScenarioError with the first thing that cannot be understood."""
    exchanges: list[SeenExchange] = []
    losses: list[str] = []
    moment, crowd = 0, False
    for command, piped in _curls(source, losses):
        request, lost = _request(source, command, piped)
        background = command.end == "&"
        moment += not (crowd and background)
        crowd = background
        exchanges.append(_exchange(len(exchanges) + 1, request, moment - 1, background=background))
        losses += lost
    if not exchanges:
        raise refused(source, "no curl command stands here")
    if len(exchanges) > 1:
        losses.append("command lines tell no times: what is not in the background comes one after the other")
    return Capture(source="curl", exchanges=tuple(exchanges), losses=tuple(dict.fromkeys(losses)))


def _exchange(number: int, request: Request, moment: int, *, background: bool) -> SeenExchange:
    return SeenExchange(
        name=f"request-{number}", message=request, at=float(moment), took=BACKGROUND if background else 0.0
    )


def _curls(source: Source, losses: list[str]) -> Iterator[tuple[Command, bytes | None]]:
    """Yield each curl command with what is piped into it; what its own output goes to is a loss."""
    piped: bytes | None = None
    behind = False
    for command in commands(source, text_of(source)):
        words = command.words[1:] if command.words[0].data == b"$" else command.words
        name = words[0].text.rsplit("/", 1)[-1] if words else ""
        if behind:
            losses.append(f"line {words[0].line}: what becomes of the output ('{name[:40]}') is left out")
        elif name in ("curl", "curl.exe"):
            yield Command(words=words, end=command.end), piped
            piped = None
        elif command.end == "|":
            piped = printed(source, words)
            continue
        elif name != "wait":
            _refuse(source, command.words[0], f"'{name[:40]}' is no curl command: leave it out")
        behind = command.end == "|"


def _request(source: Source, command: Command, piped: bytes | None) -> tuple[Request, list[str]]:
    """Return the request that a line says, and what of the line is lost."""
    given = tuple(_options(source, command.words))
    lost = [f"line {e.at.line}: {e.spelt}: {e.option.lost}" for e in given if e.option.use is Use.LOST]
    return _Line(source, command, given, piped).request(lost), lost


def _options(source: Source, words: tuple[Word, ...]) -> Iterator[Given]:
    """Yield the options of a line in order; a word that is none is a URL."""
    rest = iter(words[1:])
    for word in rest:
        text = word.text
        if text.startswith("--") and len(text) > 2:
            yield _long(source, word, rest)
        elif text.startswith("-") and len(text) > 1 and text != "--":
            yield from _letters(source, word, rest)
        elif text != "--":
            yield Given(option=LONG["url"], spelt="", word=word, at=word)


def _long(source: Source, word: Word, rest: Iterator[Word]) -> Given:
    name = word.text[2:]
    option = LONG.get(name)
    if option is None:
        _refuse(source, word, f"the option {word.text[:40]} is not understood: leave it out where it changes nothing")
    return Given(option=option, spelt=word.text, word=_word(source, word, rest) if option.takes else None, at=word)


def _letters(source: Source, word: Word, rest: Iterator[Word]) -> Iterator[Given]:
    """Yield the options of a word such as ``-sSX``: the last may have its own word directly behind it."""
    for place, letter in enumerate(word.text[1:], start=1):
        option = LONG[SHORT[letter]] if letter in SHORT else None
        if option is None:
            told = f"the option -{letter} is not understood: leave it out where it changes nothing"
            _refuse(source, word, told)
        if not option.takes:
            yield Given(option=option, spelt=f"-{letter}", word=None, at=word)
            continue
        attached = word.data[place + 1 :]
        own = Word(data=attached, line=word.line, column=word.column) if attached else _word(source, word, rest)
        yield Given(option=option, spelt=f"-{letter}", word=own, at=word)
        return


def _word(source: Source, option: Word, rest: Iterator[Word]) -> Word:
    found = next(rest, None)
    if found is None:
        _refuse(source, option, f"{option.text[:40]} needs a word behind it")
    return found


def _refuse(source: Source, word: Word, message: str) -> NoReturn:
    raise _refusal(source, word, message)


def _refusal(source: Source, word: Word, message: str) -> ScenarioError:
    return refused(source, "".join(c if c.isprintable() else "?" for c in message), word.line, word.column)


class _Line:
    """What the options of one line come to."""

    def __init__(self, source: Source, command: Command, given: Iterable[Given], piped: bytes | None) -> None:
        self._source = source
        self._command = command
        self._given = tuple(given)
        self._piped = piped

    def request(self, lost: list[str]) -> Request:
        """Return the request; what curl would have done otherwise is added to ``lost``."""
        target, implied = self._target()
        body, kind = self._body(lost)
        used = {each.option.use for each in self._given}
        if Use.GET in used and body is not None:
            target = _with_query(target, body.decode("latin-1"))
            body, kind = None, ()
        own = self._headers(lost)
        headers = self._implied(implied, kind, own)
        return Request(
            method=self._method(used, has_body=body is not None), target=target, headers=headers, body=body or b""
        )

    def _words(self, *uses: Use) -> list[tuple[Given, Word]]:
        return [(each, each.word) for each in self._given if each.option.use in uses and each.word is not None]

    def _method(self, used: set[Use], *, has_body: bool) -> str:
        for _, word in reversed(self._words(Use.METHOD)):
            if not _TOKEN.match(word.text):
                _refuse(self._source, word, "this is no method")
            return word.text
        if Use.HEAD in used:
            return "HEAD"
        return "POST" if has_body else "GET"

    def _target(self) -> tuple[str, Headers]:
        """Return path and query as sent, and the credentials that the URL holds."""
        urls = self._words(Use.URL)
        if len(urls) != 1:
            told = "no URL stands in this line" if not urls else "two URLs stand in this line: give each its own line"
            _refuse(self._source, urls[1][1] if urls else self._command.words[0], told)
        word = urls[0][1]
        found = _URL.match(word.text)
        used = {each.option.use for each in self._given}
        if (
            found is None
            or (found["scheme"] or "http").lower() not in ("http", "https")
            or not _AUTHORITY.match(found["authority"])
        ):
            _refuse(self._source, word, "expected a URL such as http://127.0.0.1:8000/v1/batches")
        if not _SENDABLE.match(found["rest"]):
            _refuse(self._source, word, "a URL holds no blank and no control character: percent-encode it")
        if Use.PLAIN not in used and set("[]{}") & set(found["rest"]):
            _refuse(self._source, word, "curl makes several requests of [] and {} in a URL: give -g where it is one")
        user, at, _ = found["authority"].rpartition("@")
        implied = (("Authorization", _basic(user)),) if at else ()
        rest = found["rest"] if found["rest"].startswith("/") else f"/{found['rest']}"
        return rest if Use.AS_IS in used else _without_dots(rest), implied

    def _headers(self, lost: list[str]) -> list[tuple[str, str | None]]:
        """Return the line's own fields; None for one that is taken away."""
        found: list[tuple[str, str | None]] = []
        for _, word in self._words(Use.HEADER):
            field = _FIELD.match(word.text)
            if word.data.startswith(b"@"):
                _refuse(self._source, word, "the headers lie in a file: put them into the line")
            if field is None:
                _refuse(self._source, word, "expected a header such as 'Name: value'")
            value = field["value"].strip(" \t")
            if field["name"].lower() == "transfer-encoding" and value:
                lost.append(f"line {word.line}: the body is sent with its length and not in chunks")
            elif field["mark"] == ";" and not value:
                found.append((field["name"], ""))
            elif field["mark"] == ":":
                found.append((field["name"], value or None))
            else:
                _refuse(self._source, word, "expected a header such as 'Name: value'")
        return found

    def _implied(self, credentials: Headers, kind: Headers, own: list[tuple[str, str | None]]) -> Headers:
        """Return the line's own fields with those that its options stand for and that it does not give itself."""
        named = {name.lower() for name, _ in own}
        made = [*self._made(credentials), *kind]
        kept = tuple((name, value) for name, value in own if value is not None)
        return (*kept, *((name, value) for name, value in made if name.lower() not in named))

    def _made(self, credentials: Headers) -> Iterator[tuple[str, str]]:
        yield from (("Authorization", f"Bearer {word.text}") for _, word in self._words(Use.BEARER)[-1:])
        users = [("Authorization", _basic(word.text)) for _, word in self._words(Use.USER)[-1:]]
        yield from users or credentials
        yield from (("User-Agent", word.text) for _, word in self._words(Use.AGENT)[-1:] if word.data)
        yield from (("Referer", word.text.removesuffix(";auto")) for _, word in self._words(Use.REFERER)[-1:])
        yield from (("Range", f"bytes={word.text}") for _, word in self._words(Use.RANGE)[-1:])
        cookies = [self._cookie(word) for _, word in self._words(Use.COOKIE)]
        if cookies:
            yield "Cookie", ";".join(cookies)

    def _cookie(self, word: Word) -> str:
        if b"=" not in word.data:
            _refuse(self._source, word, "the cookies lie in a file: put them into the line, as name=value")
        return word.text

    def _body(self, lost: list[str]) -> tuple[bytes | None, Headers]:
        """Return the body, None where the line has none, and the fields that curl gives it."""
        if forms := self._words(Use.FORM):
            lost.append(
                f"line {forms[0][1].line}: curl draws the boundary of a form anew each time; it is a fixed one here"
            )
            return self._multipart(forms), (("Content-Type", f"multipart/form-data; boundary={_BOUNDARY}"),)
        data = self._words(Use.DATA, Use.RAW, Use.URLENCODED, Use.JSON)
        if not data:
            return None, ()
        body = b""
        for place, (each, word) in enumerate(data):
            between = b"&" if place and each.option.use is not Use.JSON else b""
            body += between + self._datum(each, word)
        if any(each.option.use is Use.JSON for each, _ in data):
            return body, (("Content-Type", "application/json"), ("Accept", "application/json"))
        return body, (("Content-Type", _FORM),)

    def _datum(self, each: Given, word: Word) -> bytes:
        if each.option.use is Use.RAW:
            return word.data
        if each.option.use is Use.URLENCODED:
            return self._encoded(word)
        if not word.data.startswith(b"@"):
            return word.data
        if word.data != b"@-" or self._piped is None:
            _refuse(self._source, word, "the body lies in a file: put its text into the line, with --data-raw")
        text = self._piped
        return text if each.spelt == "--data-binary" or each.option.use is Use.JSON else text.translate(None, b"\r\n\0")

    def _encoded(self, word: Word) -> bytes:
        name, mark, rest = word.data.partition(b"=")
        if b"@" in name or (not mark and b"@" in word.data):
            _refuse(self._source, word, "the data lies in a file: put its text into the line")
        text = quote_from_bytes(rest if mark else word.data, safe="").replace("%20", "+").encode("ascii")
        return name + b"=" + text if mark and name else text

    def _multipart(self, forms: list[tuple[Given, Word]]) -> bytes:
        parts = b""
        for each, word in forms:
            name, mark, rest = word.data.partition(b"=")
            if not mark or not name or set(name) & set(b'"\r\n'):
                _refuse(self._source, word, "expected a part of the form such as name=value")
            if each.spelt != "--form-string" and (rest[:1] in (b"@", b"<") or b";" in rest):
                _refuse(
                    self._source, word, "only parts that are plain text are understood: give the body with --data-raw"
                )
            head = b'Content-Disposition: form-data; name="%s"' % name
            parts += b"--%s\r\n%s\r\n\r\n%s\r\n" % (_BOUNDARY.encode(), head, rest)
        return parts + b"--%s--\r\n" % _BOUNDARY.encode()


def _basic(user: str) -> str:
    return f"Basic {base64.b64encode(user.encode('latin-1')).decode('ascii')}"


def _with_query(target: str, query: str) -> str:
    return f"{target}{'&' if '?' in target else '?'}{query}" if query else target


def _without_dots(target: str) -> str:
    """Return a target without its ``.`` and ``..`` segments, as curl sends it unless told otherwise."""
    path, mark, query = target.partition("?")
    if "/." not in path or path.startswith("//"):
        return target
    return urljoin("http://h/", path).removeprefix("http://h") + mark + query
