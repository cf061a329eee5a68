"""The bytes of the body: exactly as many as were announced, at most as many as are allowed.

Danger: gunicorn hands a body that was cut by the client's half-close to the application as if it were whole (its
``read`` returns what came), and raises exception classes of its own when a chunked body breaks. Werkzeug's stream
trusts both. So the count is made here, on ``wsgi.input`` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from sample_app.contract_kind import Contract
from sample_app.problems import Problem

STEP = 64 * 1024  # bytes asked of the server at a time
MOST_DIGITS = 19  # of a Content-Length; longer ones are over any limit, and int() of a megabyte of digits is slow

CONTRACT = Contract(
    name="ingress: body",
    input=("A body with a Content-Length, or in chunks, within the limit of bytes.",),
    guarantees=("The whole body, exactly as many bytes as announced; a body that was cut goes no further.",),
    errors=("body-length-invalid", "body-too-large", "body-incomplete"),
    non_goals=("A client that neither sends nor closes is the business of the server in front.",),
)


def read_body(environ: Mapping[str, Any], limit: int) -> bytes:
    """Read the whole body, of at most ``limit`` bytes.

    Raises Problem ``body-too-large`` (413), ``body-incomplete`` or ``body-length-invalid`` (400). Non-goal: a client
    that neither sends nor closes is the business of the server in front.
    """
    length = declared_length(environ)
    if length is not None and length > limit:
        raise too_large(limit)
    if length is None and not environ.get("wsgi.input_terminated"):
        return b""  # neither length nor coding: RFC 9112, section 6.3 says there is no body
    body = read_at_most(environ["wsgi.input"], limit + 1 if length is None else length)
    if len(body) > limit:
        raise too_large(limit)
    if length is not None and len(body) < length:
        raise Problem("body-incomplete", f"Content-Length is {length}, but {len(body)} bytes arrived")
    return body


def declared_length(environ: Mapping[str, Any]) -> int | None:
    """Read Content-Length; None when the body is chunked or there is none.

    Danger: gunicorn takes ``gzip, chunked`` and takes off the chunks alone, so what is left is not what was meant.
    """
    text, coding = environ.get("CONTENT_LENGTH") or "", environ.get("HTTP_TRANSFER_ENCODING") or ""
    if coding.strip().lower() not in {"", "chunked"}:
        raise Problem("body-length-invalid", "the only Transfer-Encoding taken is chunked")
    if not text:
        return None
    if coding:
        raise Problem("body-length-invalid", "Content-Length and Transfer-Encoding exclude each other")
    if not (text.isascii() and text.isdigit()):
        raise Problem("body-length-invalid", "Content-Length is not a number of bytes")
    return int(text[:MOST_DIGITS])


def read_at_most(stream: BinaryIO, count: int) -> bytes:
    """Read until ``count`` bytes or the end of the stream."""
    pieces: list[bytes] = []
    missing = count
    while missing > 0:
        piece = read_step(stream, min(missing, STEP))
        if not piece:
            break
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def read_step(stream: BinaryIO, count: int) -> bytes:
    """Read once, taking any failure of the server's stream for what it is: the client's body broke off."""
    try:
        return stream.read(count)
    except Exception as broken:  # broad: each server raises classes of its own here, without a common base
        raise Problem("body-incomplete", "the body broke off or its chunks are not valid") from broken


def too_large(limit: int) -> Problem:
    """Make the 413."""
    return Problem("body-too-large", f"the body may have at most {limit} bytes")
