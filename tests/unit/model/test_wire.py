"""What goes out is exactly what the case says."""

from __future__ import annotations

import pytest

from harness.model.messages import HOST_PLACEHOLDER, Chunk, Ending, Request, Wire
from harness.model.wire import as_wire, method_of, render

AUTHORITY = "127.0.0.1:8000"


def test_host_first_and_length_last() -> None:
    """A request with a body gets Host first and Content-Length last; its own headers keep order and case."""
    request = Request(method="POST", target="/a?b", headers=(("x-B", "1"), ("X-a", "é")), body=b"{}")
    wanted = b"POST /a?b HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nx-B: 1\r\nX-a: \xe9\r\nContent-Length: 2\r\n\r\n{}"
    assert render(request, AUTHORITY) == wanted


@pytest.mark.parametrize("given", ["Content-Length: 99", "content-length: abc", "Transfer-Encoding: chunked"])
def test_given_framing_is_left_alone(given: str) -> None:
    """A request that frames its own body, wrongly or not, goes out with that framing alone."""
    name, _, value = given.partition(": ")
    request = Request(method="POST", target="/", headers=(("host", "other"), (name, value)), body=b"x")
    assert render(request, AUTHORITY) == f"POST / HTTP/1.1\r\nhost: other\r\n{given}\r\n\r\nx".encode()


@pytest.mark.parametrize(
    ("method", "length"),
    [("GET", b""), ("DELETE", b""), ("POST", b"Content-Length: 0\r\n"), ("PUT", b"Content-Length: 0\r\n")],
)
def test_only_methods_with_bodies_say_zero(method: str, length: bytes) -> None:
    """Without a body, Content-Length: 0 is said where the method anticipates content (RFC 9110 section 8.6)."""
    wanted = method.encode() + b" / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n" + length + b"\r\n"
    assert render(Request(method=method, target="/"), AUTHORITY) == wanted


def test_placeholder_is_filled_in_chunks() -> None:
    """Exact bytes keep their chunks, pauses and ending; only the host's placeholder is replaced."""
    wire = Wire(
        chunks=(Chunk(data=b"GET / HTTP/1.1\r\nHost: " + HOST_PLACEHOLDER), Chunk(data=b"\r\n\r\n", pause=0.5)),
        ending=Ending.HALF_CLOSE,
        answers=2,
    )
    chunks = (Chunk(data=b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8000"), Chunk(data=b"\r\n\r\n", pause=0.5))
    assert as_wire(wire, AUTHORITY) == Wire(chunks=chunks, ending=Ending.HALF_CLOSE, answers=2)


def test_placeholder_cut_by_chunks_is_filled() -> None:
    """A message dripped byte by byte carries the right host too, and as many chunks as planned."""
    data = b"Host: " + HOST_PLACEHOLDER + b"\r\n"
    wire = as_wire(Wire(chunks=tuple(Chunk(data=bytes([byte]), pause=0.1) for byte in data)), AUTHORITY)
    assert (wire.data, len(wire.chunks)) == (b"Host: 127.0.0.1:8000\r\n", len(data))


@pytest.mark.parametrize(
    ("data", "method"),
    [(b"HEAD / HTTP/1.1", "HEAD"), (b"\r\nGET /", "GET"), (b"", ""), (b"\x16\x03\x01", "\x16\x03\x01")],
)
def test_method_of_any_bytes(data: bytes, method: str) -> None:
    """The method is what stands before the first space, whatever that is."""
    assert method_of(data) == method
