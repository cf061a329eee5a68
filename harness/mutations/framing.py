"""Exact bytes of a request, so that one line of its framing can be wrong and all others right (RFC 9112)."""

from __future__ import annotations

from harness.model.messages import HOST_PLACEHOLDER, Chunk, Ending, Request, Wire

CRLF = b"\r\n"
CHUNKED = (b"Transfer-Encoding", b"chunked")
LAST_CHUNK = b"0\r\n\r\n"
_OURS = frozenset({"host", "content-length", "transfer-encoding"})

Field = tuple[bytes, bytes]
HOST: Field = (b"Host", HOST_PLACEHOLDER)


def length(size: int | bytes) -> Field:
    """Return a Content-Length field that says ``size``, a number or any bytes."""
    return b"Content-Length", size if isinstance(size, bytes) else b"%d" % size


def head(request: Request, *framing: Field, hosts: tuple[Field, ...] = (HOST,)) -> bytes:
    """Return the request line and all fields up to the empty line: hosts first, the framing fields last."""
    own = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in request.headers
        if name.lower() not in _OURS
    ]
    lines = [name + b": " + value + CRLF for name, value in (*hosts, *own, *framing)]
    start = f"{request.method} {request.target} HTTP/1.1".encode("latin-1")
    return start + CRLF + b"".join(lines) + CRLF


def plain(request: Request) -> bytes:
    """Return all bytes of the request as a well-behaved client sends them."""
    return head(request, length(len(request.body))) + request.body


def inner(request: Request) -> bytes:
    """Return all bytes of the request as the content of another one: its length is the same whatever the host is."""
    return head(request, length(len(request.body)), hosts=((b"Host", b"localhost"),)) + request.body


def chunk(data: bytes, size: bytes | None = None, extension: bytes = b"") -> bytes:
    """Return one chunk (RFC 9112, section 7.1); ``size`` in place of the right one."""
    return (b"%x" % len(data) if size is None else size) + extension + CRLF + data + CRLF


def wire(data: bytes, ending: Ending = Ending.LISTEN, answers: int = 1) -> Wire:
    """Return ``data`` as one write on a connection of its own."""
    return Wire(chunks=(Chunk(data=data),), ending=ending, answers=answers)
