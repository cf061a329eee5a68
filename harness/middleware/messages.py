"""The bytes of a connection as requests and answers: JSON values in the shape of :mod:`harness.model.messages`."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from harness.middleware.ring import Fields

Value = dict[str, Any]
"""A JSON object."""

_FRAMING = frozenset({"content-length", "transfer-encoding"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Parted:
    """A message on a connection in its parts. ``whole``: it ended where its framing says (None: it does not say)."""

    first: str
    headers: Fields
    body: bytes
    whole: bool | None


def parted(data: bytes, size: int, *, bodiless: bool = False) -> Parted | None:
    """Return the parts of the message that ``data`` begins with, of ``size`` bytes in all; None where it is no HTTP.

    Interim answers (1xx) before it are passed over. ``bodiless``: its framing speaks of a body that does not come.
    """
    head, blank, rest = data.partition(b"\r\n\r\n")
    if not blank:
        return None
    lines = head.decode("latin-1").split("\r\n")
    if rest and lines[0].startswith("HTTP/1.") and lines[0].split(" ", 2)[1:2] in (["100"], ["102"], ["103"]):
        skipped = len(data) - len(rest)
        return parted(rest, size - skipped, bodiless=bodiless)
    headers = tuple(_field(line) for line in lines[1:])
    named = {name.lower(): value for name, value in headers}
    came = size - (len(data) - len(rest))
    if bodiless:
        return Parted(first=lines[0], headers=headers, body=b"", whole=True)
    if "chunked" in named.get("transfer-encoding", "").lower():
        body, ended = unchunked(rest)
        return Parted(first=lines[0], headers=headers, body=body, whole=ended or (None if size > len(data) else False))
    length = named.get("content-length", "")
    if length.isdecimal():
        return Parted(first=lines[0], headers=headers, body=rest[: int(length)], whole=came >= int(length))
    return Parted(first=lines[0], headers=headers, body=rest, whole=None)


def unchunked(data: bytes) -> tuple[bytes, bool]:
    """Return what the chunks of ``data`` hold (RFC 9112, section 7.1), and whether the last one came."""
    pieces: list[bytes] = []
    while True:
        line, end, data = data.partition(b"\r\n")
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            size = -1
        if not end or size < 0:
            return b"".join(pieces), False
        if not size:
            return b"".join(pieces), True
        pieces.append(data[:size])
        data = data[size + 2 :]


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name, value.strip(" \t")


def request(method: str, target: str, headers: Fields, body: bytes) -> Value:
    """Return a request; its framing is left to whoever sends it again."""
    kept = [list(field) for field in headers if field[0].lower() not in _FRAMING]
    return {"form": "request", "method": method, "target": target, "headers": kept, "body": shown(body)}


def answer(status: int, reason: str, headers: Fields, body: bytes, *, clipped: bool, complete: bool) -> Value:
    """Return an answer."""
    told: Value = {
        "status": status,
        "reason": reason,
        "headers": [list(field) for field in headers],
        "body": shown(body),
    }
    return told | ({"clipped": True} if clipped else {}) | ({} if complete else {"complete": False})


def shown(data: bytes) -> str | dict[str, str]:
    """Return bytes as text where they are UTF-8, as base64 where they are not."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}
