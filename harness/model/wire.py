"""From a symbolic message to the exact bytes that go out (RFC 9112 section 2.1 for well-formed requests). Pure."""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.messages import HOST_PLACEHOLDER, Chunk, Headers, Request, Wire

_SENDS_BODY = frozenset({"POST", "PUT", "PATCH"})
"""Methods whose requests say Content-Length: 0 when there is no body (RFC 9110 section 8.6)."""


def render(request: Request, authority: str) -> bytes:
    """Return the bytes of ``request``, sent to ``authority`` (``host:port``).

    Host comes first and Content-Length last, each only where it is not given; a given Transfer-Encoding frames
    the body itself, so no length is added beside it. Given headers go out untouched, in their order.
    """
    headers = completed(request, authority)
    lines = [f"{request.method} {request.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + request.body


def completed(request: Request, authority: str) -> Headers:
    """Return the headers of ``request`` with those that the client adds."""
    return _framed(request, _host(request.headers, authority) + request.headers)


def as_wire(message: Request | Wire, authority: str) -> Wire:
    """Return ``message`` as exact bytes, with the placeholder for the service's authority filled in."""
    if isinstance(message, Request):
        return Wire(chunks=(Chunk(data=render(message, authority)),))
    if HOST_PLACEHOLDER not in message.data:
        return message
    return rechunked(
        message, respliced([c.data for c in message.chunks], HOST_PLACEHOLDER, authority.encode("latin-1"))
    )


def rechunked(message: Wire, pieces: Sequence[bytes]) -> Wire:
    """Return ``message`` with other bytes in its chunks, as many ``pieces`` as it has chunks."""
    chunks = tuple(Chunk(data=data, pause=chunk.pause) for data, chunk in zip(pieces, message.chunks, strict=True))
    return Wire(chunks=chunks, ending=message.ending, answers=message.answers)


def method_of(data: bytes) -> str:
    """Return the method of the first request in ``data``: it decides whether an answer has a body. May be empty."""
    return data.lstrip(b"\r\n").split(b" ", 1)[0][:32].decode("latin-1")


def _host(headers: Headers, authority: str) -> Headers:
    return () if _has(headers, "host") else (("Host", authority),)


def _framed(request: Request, headers: Headers) -> Headers:
    """Return ``headers`` with Content-Length where the request needs one and nothing frames it yet."""
    needed = bool(request.body) or request.method in _SENDS_BODY
    if not needed or _has(headers, "content-length") or _has(headers, "transfer-encoding"):
        return headers
    return (*headers, ("Content-Length", str(len(request.body))))


def _has(headers: Headers, name: str) -> bool:
    return any(key.lower() == name for key, _ in headers)


def respliced(pieces: Sequence[bytes], old: bytes, new: bytes) -> tuple[bytes, ...]:
    """Replace ``old`` across the joined ``pieces``; what is cut by a piece's end goes out where it began."""
    whole = b"".join(pieces)
    sources = [number for number, piece in enumerate(pieces) for _ in piece]
    filled = [bytearray() for _ in pieces]
    position = 0
    while position < len(whole):
        found = whole.find(old, position)
        stop = len(whole) if found < 0 else found
        _copy(whole, sources, position, stop, filled)
        if found >= 0:
            filled[sources[found]] += new
        position = stop + (len(old) if found >= 0 else 0)
    return tuple(bytes(piece) for piece in filled)


def _copy(whole: bytes, sources: list[int], start: int, stop: int, filled: list[bytearray]) -> None:
    for position in range(start, stop):
        filled[sources[position]].append(whole[position])
