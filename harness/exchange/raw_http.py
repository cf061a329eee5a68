"""Requests from the raw bytes of one connection, as a packet capture or a colleague's file holds them.

Where all of it is well-formed HTTP/1.1 each request stands for itself; where any of it is not, the bytes are one
message, exactly as they are: what is wrong with them is the point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.exchange.documents import Source, refused
from harness.model.captures import Capture, SeenExchange
from harness.model.messages import Chunk, Ending, Headers, Request, Wire
from harness.model.records import record
from harness.model.wire import render

_TOKEN = rb"[\w!#$%&'*+.^`|~-]+"
_HEAD = re.compile(
    rb"(?P<method>" + _TOKEN + rb") (?P<target>[\x21-\x7e\x80-\xff]+) HTTP/1\.1\r\n"
    rb"(?P<fields>(?:" + _TOKEN + rb":[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n",
    re.ASCII,
)
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[\t\x20-\x7e]*)?\r\n")
_TRAILERS = re.compile(rb"(?:" + _TOKEN + rb":[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n", re.ASCII)
_GAP = re.compile(rb"[\r\n]*")


@record
class _Cut:
    """What begins at a place is no request; ``short``: it may be the beginning of one."""

    short: bool


def read_raw(source: Source) -> Capture:
    """Return the requests in the file, or its bytes as one message; ScenarioError where it is empty."""
    if not source.data.strip():
        raise refused(source, "the file is empty; expected the bytes of a request")
    found = tuple(_requests(source.data))
    requests = tuple(each for each in found if isinstance(each, Request))
    if len(requests) < len(found):
        short = any(isinstance(each, _Cut) and each.short for each in found)
        ending = Ending.HALF_CLOSE if short else Ending.LISTEN
        wire = Wire(chunks=(Chunk(data=source.data),), ending=ending, answers=len(requests) + 1)
        return Capture(source="raw-http", exchanges=(SeenExchange(name="request-1", message=wire),))
    exchanges = tuple(SeenExchange(name=f"request-{n}", message=each) for n, each in enumerate(requests, start=1))
    return Capture(source="raw-http", exchanges=exchanges, losses=tuple(_losses(source, requests)))


def _losses(source: Source, requests: tuple[Request, ...]) -> Iterator[str]:
    if len(requests) > 1:
        yield "whether the requests came on one connection cannot be told: each gets its own"
    if b"".join(render(request, "") for request in requests) != source.data:
        yield "white space around header values and line ends between the requests are written anew"


def _requests(data: bytes) -> Iterator[Request | _Cut]:
    """Yield the requests in order, and at last where they end to be any."""
    at = 0
    while at < len(data):
        request, end = _request(data, at)
        yield request
        if isinstance(request, _Cut):
            return
        gap = _GAP.match(data, end)
        at = gap.end() if gap else end


def _request(data: bytes, at: int) -> tuple[Request | _Cut, int]:
    """Return the request that begins at a place, and where it ends."""
    head = _HEAD.match(data, at)
    if head is None:
        return _Cut(short=b"\r\n\r\n" not in data[at:]), at
    lines = head["fields"].decode("latin-1").split("\r\n")[:-1]
    headers = tuple((name, value.strip(" \t")) for name, _, value in (line.partition(":") for line in lines))
    end = _body_end(data, head.end(), headers)
    if isinstance(end, _Cut):
        return end, at
    request = Request(
        method=head["method"].decode("ascii"),
        target=head["target"].decode("latin-1"),
        headers=headers,
        body=data[head.end() : end],
    )
    own = {name.lower() for name, _ in headers}
    whole = "host" in own and render(request, "") == _plain(request)
    return (request if whole else _Cut(short=False)), end


def _plain(request: Request) -> bytes:
    """Return the request as given, without anything that a client adds."""
    lines = [f"{request.method} {request.target} HTTP/1.1", *(f"{name}: {value}" for name, value in request.headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + request.body


def _body_end(data: bytes, at: int, headers: Headers) -> int | _Cut:
    """Return where the body that begins at a place ends; a cut where its framing is missing, doubled or a lie."""
    given = [(name.lower(), value) for name, value in headers]
    framing = [(name, value) for name, value in given if name in ("content-length", "transfer-encoding")]
    if len(framing) > 1 or sum(name == "host" for name, _ in given) > 1:
        return _Cut(short=False)
    if not framing:
        return at
    name, value = framing[0]
    if name == "transfer-encoding":
        return chunked_end(data, at) if value.lower() == "chunked" else _Cut(short=False)
    if not re.fullmatch(r"\d{1,12}", value, re.ASCII):
        return _Cut(short=False)
    end = at + int(value)
    return end if end <= len(data) else _Cut(short=True)


def chunked_end(data: bytes, at: int) -> int | _Cut:
    """Return where the chunked body that begins at a place ends (RFC 9112, section 7.1)."""
    while size := _SIZE.match(data, at):
        length = int(size[1], 16)
        at = size.end()
        if length == 0:
            trailers = _TRAILERS.match(data, at)
            return trailers.end() if trailers else _Cut(short=b"\r\n\r\n" not in data[at - 2 :])
        at += length + 2
        if at > len(data):
            return _Cut(short=True)
        if data[at - 2 : at] != b"\r\n":
            return _Cut(short=False)
    return _Cut(short=b"\n" not in data[at:])
