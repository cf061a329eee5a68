"""Requests and answers from HAR 1.2, what browsers and proxies save. The reader is strict, and says what HAR lost.

HAR holds text: a body that is none is gone. It knows HTTP/2, whose requests are told here in HTTP/1.1, and it knows
nothing of the calls that the service made.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote_plus

from harness.exchange.documents import Source, json_of, placed, refused, text_of
from harness.exchange.fields import method_of, moment_of, name_of, target_of, value_of
from harness.exchange.looking import Look, TooMuch
from harness.model.captures import Capture, Lacking, SeenExchange
from harness.model.codec import Misfit
from harness.model.errors import ScenarioError
from harness.model.messages import Answer, Headers, Request, Silence
from harness.model.records import record

VERSIONS = ("1.1", "1.2")
"""The versions of HAR that are read; 1.2 only adds to 1.1."""

_WHOLE = "the file is no whole JSON: save it again"
_FORM = "application/x-www-form-urlencoded"
_REPLACED = "\ufffd"
_SILENCES = {silence.value: silence for silence in Silence}
_KNOWN = {
    "entry": "pageref startedDateTime time request response cache timings serverIPAddress connection comment",
    "request": "method url httpVersion cookies headers queryString postData headersSize bodySize comment",
    "response": "status statusText httpVersion cookies headers content redirectURL headersSize bodySize comment",
    "postData": "mimeType params text comment",
    "content": "size compression mimeType text encoding comment",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@record
class _Entry:
    """An entry that was read, and when it began."""

    begun: datetime
    exchange: SeenExchange


def read_har(source: Source) -> Capture:
    """Return what the file holds, in the order of the starts; ScenarioError with everything that is wrong in it."""
    given = json_of(source, _WHOLE)
    if not isinstance(given, dict) or not isinstance(given.get("log"), dict):
        raise refused(source, "expected an object with a 'log', as HAR is", 1, 1)
    noted: list[Misfit] = []
    log = Look(value=given, way=(), noted=noted).inside("log")
    losses: list[str] = []
    try:
        _refuse_version(log)
        entries = [_entry(look, number, losses) for number, look in enumerate(log.each("entries"), start=1)]
    except TooMuch:
        entries = []
    if noted:
        raise ScenarioError(placed(source, text_of(source), noted))
    if not entries:
        raise refused(source, "no request stands in this file", key="log.entries")
    names = Counter(entry.exchange.name for entry in entries if entry.exchange.name)
    if any(times > 1 for times in names.values()):
        raise refused(source, f"two entries are called '{max(names, key=lambda name: names[name])}'", key="log.entries")
    return _capture(sorted(entries, key=lambda entry: entry.begun), losses)


def _refuse_version(log: Look) -> None:
    version = log.need("version", str, VERSIONS[-1])
    if version not in VERSIONS:
        log.note("version", f"this version of the harness reads HAR {' and '.join(VERSIONS)}, not {version[:20]!r}")


def _capture(entries: list[_Entry], losses: list[str]) -> Capture:
    first = entries[0].begun
    exchanges = tuple(
        replace(
            entry.exchange,
            name=entry.exchange.name or f"request-{number}",
            at=(entry.begun - first).total_seconds(),
        )
        for number, entry in enumerate(entries, start=1)
    )
    taken = "" if first == _EPOCH else first.isoformat()
    return Capture(source="har", taken=taken, exchanges=exchanges, losses=tuple(dict.fromkeys(losses)))


def _entry(look: Look, number: int, losses: list[str]) -> _Entry:
    """Return one entry; what of it is lost is told under its number."""
    lost: list[str] = [*_unknown(look, "entry")]
    begun = look.read("startedDateTime", moment_of, _EPOCH, look.need("startedDateTime", str, "1970-01-01"))
    took = look.need("time", float, 0.0)
    if not 0 <= took < 1e9:  # -1 stands for "not known" in some
        lost.append("how long it took is not known")
        took = 0.0
    request, missing = _request(look.inside("request"), lost)
    answer, silence = _answer(look.inside("response"), lost)
    losses += [f"entry {number} ({request.method} {request.target[:60]}): {what}" for what in lost]
    exchange = SeenExchange(
        name=look.may("comment", str, "") if _ours(look) else "",
        message=request,
        answer=answer,
        silence=silence,
        took=round(took / 1000, 6),
        missing=missing,
    )
    return _Entry(begun=begun, exchange=exchange)


def _ours(look: Look) -> bool:
    """Tell whether the entry was written by the harness, which keeps the name of the exchange as its comment."""
    return look.value.get("_writer") == "harness"


def _unknown(look: Look, kind: str) -> Iterator[str]:
    """Say which members no version of HAR knows; those with an underscore are somebody's own and mean nothing here."""
    known = _KNOWN[kind].split()
    strange = sorted(name for name in look.value if name not in known and not name.startswith("_"))
    if strange:
        yield f"{kind} has members that HAR does not know: {', '.join(name[:30] for name in strange[:5])}"


def _request(look: Look, lost: list[str]) -> tuple[Request, tuple[Lacking, ...]]:
    """Return the request, and the parts of it that the file does not hold."""
    lost += _unknown(look, "request")
    version = look.may("httpVersion", str, "")
    if version.upper() not in ("HTTP/1.1", "", "UNKNOWN"):
        lost.append(f"it went out in {version[:20]} and is sent in HTTP/1.1")
    headers = _headers(look, lost)
    headers = (*headers, *_cookies(look, headers, lost))
    body, missing = _body(look, headers, lost)
    request = Request(
        method=look.read("method", method_of, "GET", look.need("method", str, "GET")),
        target=look.read("url", target_of, "/", look.need("url", str, "/")),
        headers=_framed(headers, body, [] if missing else lost),
        body=body,
    )
    return request, missing


def _headers(look: Look, lost: list[str]) -> Headers:
    found: list[tuple[str, str]] = []
    for field in look.each("headers"):
        name, value = field.need("name", str, "x"), field.need("value", str, "")
        if name.startswith(":"):
            lost.append("the pseudo headers of HTTP/2 are left out")
            continue
        found.append((field.read("name", name_of, "x", name), field.read("value", value_of, "", value)))
    return tuple(found)


def _cookies(look: Look, headers: Headers, lost: list[str]) -> Headers:
    """Return the header of cookies that the file lists although no header holds them."""
    given = [(each.need("name", str, ""), each.need("value", str, "")) for each in look.each("cookies", needed=False)]
    if not given or any(name.lower() == "cookie" for name, _ in headers):
        return ()
    lost.append("its cookies are listed and in no header: how they were written is not known")
    text = "; ".join(f"{name}={value}" for name, value in given)
    return (("Cookie", look.read("cookies", value_of, "", text)),)


def _body(look: Look, headers: Headers, lost: list[str]) -> tuple[bytes, tuple[Lacking, ...]]:
    """Return the body, and that it is missing where something is known of it but not its bytes."""
    post = look.inside("postData", needed=False)
    lost += _unknown(post, "postData")
    text = post.may("text", str, "")
    params = list(post.each("params", needed=False))
    if not text and params:
        return _form(post, params, lost)
    if _REPLACED in text:
        lost.append("its body was not text, which HAR cannot hold: the body is not known")
        return b"", ("body",)
    size = look.may("bodySize", int, 0)
    if not text and (size > 0 or _length(headers) > 0):
        lost.append("its body is not in the file")
        return b"", ("body",)
    return text.encode("utf-8"), ()


def _form(post: Look, params: list[Look], lost: list[str]) -> tuple[bytes, tuple[Lacking, ...]]:
    """Return the body of a form whose fields alone are listed."""
    if not post.may("mimeType", str, "").startswith(_FORM):
        lost.append("only the fields of its form are in the file: the body is not known")
        return b"", ("body",)
    lost.append("only the fields of its form are in the file: how they were written is not known")
    pairs = [(each.need("name", str, ""), each.may("value", str, "")) for each in params]
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs).encode("ascii"), ()


def _length(headers: Headers) -> int:
    value = next((value for name, value in headers if name.lower() == "content-length"), "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 18 else 0


def _framed(headers: Headers, body: bytes, lost: list[str]) -> Headers:
    """Return the headers without a framing that the body in the file does not have."""
    kept = tuple((n, v) for n, v in headers if n.lower() != "transfer-encoding")
    lengths = [value for name, value in kept if name.lower() == "content-length"]
    if len(kept) < len(headers):
        lost.append("its body went out in chunks and is sent with its length")
    if lengths and lengths != [str(len(body))]:
        lost.append(f"its body has {len(body)} bytes in the file, its Content-Length says {lengths[0][:20]}")
        kept = tuple((name, value) for name, value in kept if name.lower() != "content-length")
    return kept


def _answer(look: Look, lost: list[str]) -> tuple[Answer | None, Silence | None]:
    """Return the answer; where there was none (status 0), why, as far as the file says so."""
    status = look.need("status", int, 0)
    lost += _unknown(look, "response")
    if status == 0:
        return None, _SILENCES.get(str(look.value.get("_error")))
    if not 100 <= status <= 999:
        look.note("status", "expected a status of three digits, or 0 where no answer came")
    content = look.inside("content")
    lost += _unknown(content, "content")
    answer = Answer(
        status=status,
        reason=look.may("statusText", str, ""),
        headers=_headers(look, []),
        body=_content(content, lost),
    )
    return answer, None


def _content(look: Look, lost: list[str]) -> bytes:
    text, encoding = look.may("text", str, ""), look.may("encoding", str, "")
    if encoding == "base64":
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            look.note("text", "this is no base64")
            return b""
    if encoding:
        look.note("encoding", f"expected base64, not {encoding[:20]!r}")
    if not text and look.may("size", float, 0.0) > 0:
        lost.append("the body of its answer is not in the file")
    return text.encode("utf-8")
